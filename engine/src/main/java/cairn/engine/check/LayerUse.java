package cairn.engine.check;

import cairn.oci.ChainId;
import cairn.oci.Digest;
import java.util.ArrayList;
import java.util.List;

/** Each layer is used by an image or a container, or somebody is working on it. */
final class LayerUse implements Rule {
    @Override
    public void check(Picture store, Relations relations, Findings findings) {
        store.layers().forEach((chain, layer) -> {
            if (Ids.isHex64(chain) && !relations.isUsed(chain) && !isClaimed(store, chain, layer)) {
                unused(store, chain, layer, findings);
            }
        });
    }

    private static boolean isClaimed(Picture store, String chain, Picture.Folder layer) {
        String directory = layer.cacheId();
        return (directory != null
                        && (store.engine().isUnderway(directory)
                                || store.engine().builderClaims(directory)))
                || store.engine().builderClaims(chain);
    }

    private static void unused(Picture store, String chain, Picture.Folder layer, Findings findings) {
        List<Action> actions = new ArrayList<>();
        if (store.engine().layer(chain) != null) {
            actions.add(new Action.ReleaseLayer(new ChainId(new Digest("sha256", chain))));
        } else {
            actions.add(new Action.Discard(layer.path()));
        }
        findings.add(
                Kind.LAYER_UNUSED,
                layer.path(),
                Owner.NOBODY,
                "no image and no container uses the layer",
                "removes it",
                actions);
    }
}
