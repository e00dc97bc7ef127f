package cairn.engine.layer;

import cairn.oci.DiffId;

/**
 * A layer that is unpacked and verified but lies on nothing yet and is in no record. Layers of one image can be staged in any
 * order and at once; {@link Layers#publish} then piles them up. Closing it throws it away unless it was published.
 */
public final class StagedLayer implements AutoCloseable {
    private final Layers layers;
    private final String cacheId;
    private final String link;
    private final DiffId diffId;
    private final long size;
    private boolean done;

    StagedLayer(Layers layers, String cacheId, String link, DiffId diffId, long size) {
        this.layers = layers;
        this.cacheId = cacheId;
        this.link = link;
        this.diffId = diffId;
        this.size = size;
    }

    public DiffId diffId() {
        return diffId;
    }

    /** As {@link Layer#size}. */
    public long size() {
        return size;
    }

    String cacheId() {
        return cacheId;
    }

    String link() {
        return link;
    }

    void published() {
        done = true;
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            layers.discardStaged(cacheId, link);
        }
    }
}
