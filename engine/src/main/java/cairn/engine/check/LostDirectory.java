package cairn.engine.check;

import cairn.engine.layer.LayerAudit;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The directory of a layer whose record has lost its name: the one without an owner that is what the layer's tar-split record says. */
final class LostDirectory {
    private LostDirectory() {}

    static @Nullable String find(Picture store, Relations relations, String chain, Picture.Folder layer) {
        Relations.Expected expected = relations.expected(chain);
        DiffId diffId = layer.diffId() != null ? layer.diffId() : expected == null ? null : expected.diffId();
        if (diffId == null || !layer.has("tar-split.json.gz")) {
            return null;
        }
        ChainId parent = expected != null ? expected.parent() : layer.parent();
        String lower = relations.lower(parent);
        for (Map.Entry<String, Picture.Folder> overlay : store.overlays().entrySet()) {
            String id = overlay.getKey();
            String below = overlay.getValue().text("lower");
            if (Ids.isHex64(id)
                    && !relations.isOwned(id)
                    && !store.engine().isUnderway(id)
                    && (lower == null || lower.equals(below == null ? "" : below))
                    && fits(overlay.getValue().file("diff"), layer.file("tar-split.json.gz"), diffId)) {
                return id;
            }
        }
        return null;
    }

    private static boolean fits(Path diff, Path record, DiffId diffId) {
        try {
            return Files.isDirectory(diff)
                    && LayerAudit.compare(diff, record, diffId, false).faults().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether each record names a directory that exists, so that a directory without a record is nobody's. */
    static boolean nobodyLooksForOne(Picture store) {
        return store.layers().entrySet().stream()
                        .allMatch(layer -> !Ids.isHex64(layer.getKey())
                                || exists(store, layer.getValue().cacheId()))
                && store.mounts().values().stream().allMatch(mount -> exists(store, mount.mountId()));
    }

    private static boolean exists(Picture store, @Nullable String directory) {
        return directory != null && store.overlays().containsKey(directory);
    }
}
