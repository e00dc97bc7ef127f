package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a damaged layer can be had again from a registry that it came from or was sent to. */
final class Refetch {
    private Refetch() {}

    static List<Action> actions(String chain, Picture store) {
        Picture.Folder layer = store.layers().get(chain);
        DiffId diffId = diffId(chain, store);
        String directory = layer == null ? null : layer.cacheId();
        if (diffId == null
                || directory == null
                || store.engine().sources(diffId).isEmpty()) {
            return List.of();
        }
        return List.of(new Action.FetchLayer(new ChainId(new Digest("sha256", chain)), diffId, directory));
    }

    static String words(String chain, Picture store) {
        DiffId diffId = diffId(chain, store);
        List<String> sources = diffId == null ? List.of() : store.engine().sources(diffId);
        return sources.isEmpty()
                ? "nothing: no registry is on record for the layer; remove the image and pull or load it again"
                : "fetches the layer from " + sources.getFirst();
    }

    private static @Nullable DiffId diffId(String chain, Picture store) {
        Picture.Folder layer = store.layers().get(chain);
        return layer == null ? null : layer.diffId();
    }
}
