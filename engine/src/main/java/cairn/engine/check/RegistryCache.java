package cairn.engine.check;

import cairn.linux.DirectoryHandle;
import cairn.linux.LinuxException;
import cairn.oci.Digest;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code distribution}: which blob of which registry is which layer. A cache: entries of layers that are gone are as good as others. */
final class RegistryCache implements Rule {
    private static final int LIMIT = 1 << 20;

    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        Path cache = store.root().resolve("image/overlay2/distribution");
        Path blobs = cache.resolve("v2metadata-by-diffid/sha256");
        Path layers = cache.resolve("diffid-by-digest/sha256");
        for (String name : names(layers)) {
            if (Ids.diffId(text(layers, name)) == null || !Ids.isHex64(name)) {
                damaged(layers.resolve(name), findings);
            }
        }
        for (String name : names(blobs)) {
            try {
                for (String digest : digests(text(blobs, name))) {
                    String layer = text(layers, digest);
                    if (!layer.isEmpty() && !layer.equals("sha256:" + name)) {
                        findings.add(
                                Kind.CACHE_CONTRADICTS,
                                layers.resolve(digest),
                                Owner.REGISTRIES,
                                "blob " + Ids.brief(digest) + " is noted for two layers",
                                "forgets the note",
                                new Action.Discard(layers.resolve(digest)),
                                new Action.Discard(blobs.resolve(name)));
                    }
                }
            } catch (JsonException | IllegalArgumentException e) {
                damaged(blobs.resolve(name), findings);
            }
        }
    }

    private static void damaged(Path file, Findings findings) {
        findings.add(
                Kind.CACHE_DAMAGED,
                file,
                Owner.REGISTRIES,
                "a note on where a layer came from cannot be read",
                "forgets the note",
                new Action.Discard(file));
    }

    /** Hexadecimal digits of all blobs that are noted for a layer. */
    private static List<String> digests(String json) {
        List<String> digests = new ArrayList<>();
        if (!(Json.tree(json.getBytes(StandardCharsets.UTF_8)) instanceof List<?> entries)) {
            throw new IllegalArgumentException("not a list");
        }
        for (Object entry : entries) {
            if (!(entry instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException("not a list of objects");
            }
            digests.add(Digest.parse(String.valueOf(map.get("Digest"))).hex());
        }
        return digests;
    }

    private static List<String> names(Path path) {
        try (DirectoryHandle directory = DirectoryHandle.open(path)) {
            return directory.list();
        } catch (LinuxException e) {
            return List.of();
        }
    }

    private static String text(Path path, String name) {
        try (DirectoryHandle directory = DirectoryHandle.open(path)) {
            byte[] content = PictureReader.content(directory, name, LIMIT);
            return content == null ? "" : new String(content, StandardCharsets.UTF_8).strip();
        } catch (LinuxException | IllegalArgumentException e) {
            return "";
        }
    }
}
