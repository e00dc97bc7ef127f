package cairn.engine.layer;

import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One read-only layer of the store.
 *
 * @param cacheId name of its directory in {@code overlay2}
 * @param link its 26-character short name in {@code overlay2/l}
 * @param size bytes of its files and links, each hard-linked file once, as Docker counts
 * @param parent the chain that it lies on; null for a lowest layer
 * @param directory {@code overlay2/<cacheId>}
 */
public record Layer(
        ChainId chainId,
        DiffId diffId,
        String cacheId,
        String link,
        long size,
        @Nullable ChainId parent,
        Path directory) {

    /** The short name of {@link #diff} that mounts use. */
    public Path shortPath() {
        return directory.resolveSibling("l").resolve(link);
    }

    /** What the layer adds, changes and hides. */
    public Path diff() {
        return directory.resolve("diff");
    }
}
