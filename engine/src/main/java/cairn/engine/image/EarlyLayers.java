package cairn.engine.image;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Compression;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.layer.StagedLayer;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.archive.EarlyReader;
import cairn.oci.archive.ImageArchive;
import cairn.oci.tar.TarException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Layers that are unpacked while their archive is still being read: most archives name their layers only at the end, and to write them down
 * for so long would cost as much as unpacking them. Closing it throws away those that no image turned out to want.
 */
final class EarlyLayers implements EarlyReader, AutoCloseable {
    private static final String BLOBS = "blobs/sha256/";

    private final Layers layers;
    private final Map<String, Taken> taken = new HashMap<>();

    /** One of the two is there, or none once it has been used. */
    private record Taken(
            @Nullable StagedLayer staged, @Nullable EngineException failure) {}

    EarlyLayers(Layers layers) {
        this.layers = layers;
    }

    @Override
    public boolean take(String name, InputStream content) throws IOException {
        if (isKnown(name)) {
            return false;
        }
        try (InputStream plain = Compression.decompress(content)) {
            taken.put(name, new Taken(layers.stage(plain, null), null));
        } catch (EngineException e) {
            if (!(e.problem() instanceof Problem.BadArchive)) {
                throw e;
            }
            taken.put(name, new Taken(null, e));
        } catch (TarException e) {
            taken.put(name, new Taken(null, new Problem.BadArchive(null, String.valueOf(e.getMessage())).exception(e)));
        }
        return true;
    }

    /** A plain layer's blob has the name of its content. */
    private boolean isKnown(String name) {
        if (!name.startsWith(BLOBS)) {
            return false;
        }
        try {
            return layers.find(new DiffId(new Digest("sha256", name.substring(BLOBS.length())))) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The layer, which is the caller's from now on; null if it was spooled. Safe for several threads.
     *
     * @throws EngineException BadArchive where it was broken, or is not what the config says
     */
    @Nullable
    StagedLayer use(ImageArchive.Layer archived) throws IOException {
        Taken found;
        synchronized (taken) {
            found = taken.get(archived.name());
            if (found != null && found.staged != null && archived.diffId().equals(found.staged.diffId())) {
                taken.put(archived.name(), new Taken(null, null));
            }
        }
        if (found == null) {
            return null;
        }
        if (found.failure != null) {
            throw found.failure.problem().exception(found.failure);
        }
        if (found.staged == null) {
            return again(archived.diffId());
        }
        if (!archived.diffId().equals(found.staged.diffId())) {
            throw new Problem.BadArchive(
                            null, "layer has digest " + found.staged.diffId() + ", expected " + archived.diffId())
                    .exception();
        }
        return found.staged;
    }

    /** Another image has used it, on other layers. */
    private StagedLayer again(DiffId diffId) throws IOException {
        Layer used = layers.find(diffId);
        if (used == null) {
            throw new Problem.StoreDamaged(diffId.toString(), "layer is missing").exception();
        }
        try (InputStream plain = layers.openTar(used.chainId())) {
            return layers.stage(plain, diffId);
        }
    }

    @Override
    public void close() {
        for (Taken left : taken.values()) {
            if (left.staged != null) {
                left.staged.close();
            }
        }
    }
}
