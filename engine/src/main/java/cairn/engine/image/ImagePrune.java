package cairn.engine.image;

import static java.lang.System.Logger.Level.WARNING;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.oci.Digest;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import cairn.wire.PruneFilters;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Removes images that nobody uses, one after the other and each by the rules of {@link Images#remove}: moby's ImagesPrune. */
public final class ImagePrune {
    private static final System.Logger LOG = System.getLogger(ImagePrune.class.getName());

    private final Images images;
    private final Layers layers;
    private final AtomicBoolean running = new AtomicBoolean();

    public ImagePrune(Images images, Layers layers) {
        this.images = images;
        this.layers = layers;
    }

    /** @param reclaimed bytes of the layers that went */
    public record Result(List<Removed> removed, long reclaimed) {
        public Result {
            removed = List.copyOf(removed);
        }
    }

    /**
     * @param danglingOnly only images without a tag; else all that no container uses
     * @throws EngineException Conflict while another prune runs
     */
    public Result prune(boolean danglingOnly, PruneFilters filters, ImageUsers users) {
        if (!running.compareAndSet(false, true)) {
            throw new Problem.Conflict("a prune operation is already running").exception();
        }
        try {
            List<Image> all = images.list();
            ImageSizes sizes = new ImageSizes(all, layers);
            Set<ImageId> parents = ImageSizes.parents(all);
            List<Removed> removed = new ArrayList<>();
            for (Image image : all) {
                boolean step = parents.contains(image.id())
                        && (danglingOnly || image.references().isEmpty());
                if (!step
                        && !(danglingOnly && !image.repoTags().isEmpty())
                        && filters.take(image.created(), image.config().config().labels())) {
                    remove(image, users, removed);
                }
            }
            return new Result(removed, reclaimed(removed, sizes));
        } finally {
            running.set(false);
        }
    }

    /** By each of its names, the last of which takes the image with it. */
    private void remove(Image image, ImageUsers users, List<Removed> removed) {
        if (image.references().isEmpty()) {
            remove(image.id().digest().hex(), users, removed);
        }
        for (Reference reference : image.references()) {
            remove(reference.familiar(), users, removed);
        }
    }

    private void remove(String name, ImageUsers users, List<Removed> removed) {
        try {
            removed.addAll(images.remove(name, false, false, users));
        } catch (EngineException e) {
            switch (e.problem()) {
                case Problem.ImageInUse ignored -> {}
                case Problem.ImageHasChildren ignored -> {}
                case Problem.ImageTagged ignored -> {}
                // Gone with another one's parents, or by somebody else's hand.
                case Problem.NoSuchImage ignored -> {}
                default -> LOG.log(WARNING, "image {0} is not pruned: {1}", name, e.problem());
            }
        }
    }

    static long reclaimed(List<Removed> removed, ImageSizes sizes) {
        long bytes = 0;
        for (Removed one : removed) {
            if (one instanceof Removed.Deleted deleted) {
                bytes += sizes.size(new ChainId(Digest.parse(deleted.digest())));
            }
        }
        return bytes;
    }
}
