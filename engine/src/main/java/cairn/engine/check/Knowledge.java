package cairn.engine.check;

import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the running engine knows beyond the files: what it has in memory, what it is working on, and what dockerd's builder claims. */
final class Knowledge {
    /** A builder's database larger than this is not read: what it might claim is then taken for claimed. */
    private static final long DATABASE_LIMIT = 256L << 20;

    /** No database has this in it. */
    private static final String EVERYTHING = "\uffff";

    private final Layers layers;
    private final Images images;
    private final LayerSource source;
    private final Path builder;
    private @Nullable String claims;

    Knowledge(Layers layers, Images images, LayerSource source, Path builder) {
        this.layers = layers;
        this.images = images;
        this.source = source;
        this.builder = builder;
    }

    /** Whether a directory of overlay2 is being made or taken apart at this moment. */
    boolean isUnderway(String cacheId) {
        return layers.isUnderway(cacheId);
    }

    @Nullable
    Layer layer(String chainHex) {
        return Ids.isHex64(chainHex) ? layers.find(new ChainId(new Digest("sha256", chainHex))) : null;
    }

    /** Repositories from which the layer can be had again. */
    List<String> sources(DiffId layer) {
        return source.of(layer);
    }

    boolean hasImage(ImageId id) {
        return images.find(id) != null;
    }

    /** BuildKit in dockerd keeps layers of its own in the same store, and says so only in its databases. */
    boolean builderClaims(String text) {
        String found = claims;
        if (found == null) {
            found = read("snapshots.db") + read("metadata_v2.db");
            claims = found;
        }
        return found.contains(EVERYTHING) || found.contains(text);
    }

    private String read(String name) {
        Path file = builder.resolve(name);
        try {
            if (!Files.isRegularFile(file)) {
                return "";
            }
            return Files.size(file) > DATABASE_LIMIT
                    ? EVERYTHING
                    : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return EVERYTHING;
        }
    }
}
