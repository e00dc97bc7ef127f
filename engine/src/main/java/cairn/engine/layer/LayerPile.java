package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one image on their way into the store: what is known already is used again, what is missing gets staged by the caller and
 * published here. Holds one use of the topmost known layer until it is closed. Used by one thread.
 */
public final class LayerPile implements AutoCloseable {
    private final Layers layers;
    private final List<DiffId> diffIds;
    private @Nullable ChainId top;
    private int known;

    /**
     * Looks how far the store knows the layers.
     *
     * @param diffIds lowest first
     * @throws cairn.engine.error.EngineException TooManyLayers, before anything is fetched or unpacked
     */
    public LayerPile(Layers layers, List<DiffId> diffIds) {
        if (diffIds.size() > Overlay.MAX_LOWERS) {
            throw new Problem.TooManyLayers(Overlay.MAX_LOWERS).exception();
        }
        this.layers = layers;
        this.diffIds = List.copyOf(diffIds);
        climb();
    }

    /** Looks again how far the store knows the layers: another thread may have published some meanwhile. */
    private void climb() {
        while (known < diffIds.size()) {
            ChainId next = above(top, diffIds.get(known));
            if (!layers.retainIfKnown(next)) {
                return;
            }
            stand(next, known + 1);
        }
    }

    private void stand(ChainId next, int count) {
        ChainId before = top;
        top = next;
        known = count;
        if (before != null) {
            layers.release(before);
        }
    }

    /** How many of the lowest layers need not be staged. */
    public int known() {
        return known;
    }

    public boolean complete() {
        return known == diffIds.size();
    }

    /** What a layer together with all below it is called. */
    public ChainId chain(int index) {
        return ChainId.of(diffIds.subList(0, index + 1));
    }

    /**
     * Publishes missing layers, as {@link Layers#publish}.
     *
     * @param staged the lowest of the missing layers as {@link #known} was before, in their order; those that the store has got since are not
     *     used
     */
    public void publish(List<StagedLayer> staged) {
        int before = known;
        climb();
        List<StagedLayer> missing = staged.subList(Math.min(known - before, staged.size()), staged.size());
        if (!missing.isEmpty()) {
            Layer published = layers.publish(top, missing);
            stand(published.chainId(), known + missing.size());
        }
    }

    /** Leaves the use of the topmost layer to the caller. */
    public void handOver() {
        top = null;
    }

    private static ChainId above(@Nullable ChainId below, DiffId layer) {
        return below == null ? new ChainId(layer.digest()) : below.next(layer);
    }

    @Override
    public void close() {
        if (top != null) {
            layers.release(top);
            top = null;
        }
    }
}
