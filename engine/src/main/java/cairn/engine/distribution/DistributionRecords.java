package cairn.engine.distribution;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.store.DataRoot;
import cairn.engine.store.Durability;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Docker's records of blobs: which layer a digest is, and under which digests which repositories have a layer ({@code
 * image/overlay2/distribution}). Hints only: whoever uses them asks the registry, and a damaged one is as good as none.
 */
final class DistributionRecords {
    private static final System.Logger LOG = System.getLogger(DistributionRecords.class.getName());
    /** As dockerd. */
    private static final int MAX_SOURCES = 50;

    private final DataRoot root;

    DistributionRecords(DataRoot root) {
        this.root = root;
    }

    /**
     * One place that has, or had, a layer.
     *
     * @param repository without a tag, such as {@code docker.io/library/busybox}
     * @param hmac ties the record to credentials without showing them, in hexadecimal; empty for what was pulled
     */
    record Source(Digest digest, String repository, String hmac) {}

    /** The oldest first. */
    synchronized List<Source> sources(DiffId layer) {
        Path file = sourcesOf(layer);
        try {
            List<Source> sources = new ArrayList<>();
            if (Json.tree(Files.readAllBytes(file)) instanceof List<?> list) {
                for (Object element : list) {
                    if (element instanceof Map<?, ?> map) {
                        sources.add(new Source(
                                Digest.parse(text(map, "Digest")), text(map, "SourceRepository"), text(map, "HMAC")));
                    }
                }
            }
            return sources;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | JsonException | IllegalArgumentException e) {
            LOG.log(WARNING, "{0} is broken: {1}", file, e.getMessage());
            return List.of();
        }
    }

    private static String text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? text : "";
    }

    /** The newest counts most; what is known already moves to the end. */
    synchronized void add(DiffId layer, Source source) {
        List<Source> old = sources(layer);
        List<Source> sources = new ArrayList<>(old);
        sources.remove(source);
        sources.add(source);
        if (!sources.equals(old)) {
            write(layer, sources.subList(Math.max(0, sources.size() - MAX_SOURCES), sources.size()));
        }
        if (source.digest().algorithm().equals("sha256")) {
            Path file = root.distribution()
                    .resolve("diffid-by-digest/sha256")
                    .resolve(source.digest().hex());
            if (!Files.exists(file)) {
                write(file, layer.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    /** The repository does not have it any more. */
    synchronized void remove(DiffId layer, Source source) {
        List<Source> sources = new ArrayList<>(sources(layer));
        if (sources.remove(source)) {
            write(layer, sources);
        }
    }

    private void write(DiffId layer, List<Source> sources) {
        List<Map<String, String>> document = new ArrayList<>();
        for (Source source : sources) {
            Map<String, String> members = new LinkedHashMap<>();
            members.put("Digest", source.digest().toString());
            members.put("SourceRepository", source.repository());
            members.put("HMAC", source.hmac());
            document.add(members);
        }
        write(sourcesOf(layer), Json.write(document));
    }

    /** A power cut may take it: the layer is known without it. But it leaves no empty file. */
    private void write(Path file, byte[] content) {
        root.files().write(file, content, 0644, Durability.ORDERED);
    }

    private Path sourcesOf(DiffId layer) {
        return root.distribution()
                .resolve("v2metadata-by-diffid/sha256")
                .resolve(layer.digest().hex());
    }
}
