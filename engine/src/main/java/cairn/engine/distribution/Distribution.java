package cairn.engine.distribution;

import cairn.engine.image.ImageEvents;
import cairn.engine.image.Images;
import cairn.engine.layer.Layers;
import cairn.engine.store.DataRoot;
import cairn.oci.Platform;
import org.jspecify.annotations.Nullable;

/** All that has to do with registries, put together when it is first asked for: a daemon that never pulls never pays for it. */
public final class Distribution implements AutoCloseable {
    private final DistributionSettings settings;
    private final Images images;
    private final Layers layers;
    private final ImageEvents events;
    private final Platform own;
    private final DataRoot root;
    private final PartialBlobs partials;
    private @Nullable RegistryAccess access;
    private @Nullable DistributionRecords records;
    private @Nullable Pull pull;
    private @Nullable Push push;

    /** @param own what this machine runs */
    public Distribution(
            DistributionSettings settings,
            DataRoot root,
            Images images,
            Layers layers,
            ImageEvents events,
            Platform own) {
        this.settings = settings;
        this.root = root;
        this.images = images;
        this.layers = layers;
        this.events = events;
        this.own = own;
        this.partials = new PartialBlobs(root.downloads());
    }

    public DistributionSettings settings() {
        return settings;
    }

    /** This machine's. */
    public Platform own() {
        return own;
    }

    public synchronized RegistryAccess access() {
        if (access == null) {
            access = new RegistryAccess(settings);
        }
        return access;
    }

    private DistributionRecords records() {
        if (records == null) {
            records = new DistributionRecords(root);
        }
        return records;
    }

    public synchronized Pull pull() {
        if (pull == null) {
            pull = new Pull(access(), settings, images, layers, partials, records(), events, own);
        }
        return pull;
    }

    public synchronized Push push() {
        if (push == null) {
            push = new Push(access(), settings, images, layers, records(), events);
        }
        return push;
    }

    /** Single layers, for a repair. */
    public synchronized LayerRefetch refetch() {
        return new LayerRefetch(access(), settings, layers, partials, records());
    }

    /** What has arrived of blobs that are not whole yet. */
    public PartialBlobs partials() {
        return partials;
    }

    @Override
    public synchronized void close() {
        if (access != null) {
            access.close();
        }
    }
}
