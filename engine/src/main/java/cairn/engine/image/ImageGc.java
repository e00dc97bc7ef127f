package cairn.engine.image;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.oci.ChainId;
import cairn.oci.ImageId;
import cairn.oci.Reference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps images within a budget of disk space: removes those that were not used for the longest time, one after the other, until the layers
 * of all images and containers fit. Images of containers and pinned ones stay, and so does one whose going would free nothing because
 * others need its layers.
 */
public final class ImageGc {
    private final Images images;
    private final Layers layers;
    private final LastUsed lastUsed;
    private final Pins pins;

    public ImageGc(Images images, Layers layers, LastUsed lastUsed, Pins pins) {
        this.images = images;
        this.layers = layers;
        this.lastUsed = lastUsed;
        this.pins = pins;
    }

    /**
     * What becomes of one image, and why.
     *
     * @param bytes that its removal frees, or would free as things are at the end
     */
    public record Decision(Image image, boolean removed, String reason, long bytes, Instant lastUsed) {}

    /**
     * @param before bytes of all layers before
     * @param after the same afterwards, or as it would be
     * @param decisions those that go first, in this order; then those that stay, longest unused first
     */
    public record Outcome(long before, long after, List<Decision> decisions) {
        public Outcome {
            decisions = List.copyOf(decisions);
        }
    }

    /** @param dryRun only say what would be done */
    public Outcome collect(long keep, boolean dryRun, ImageUsers users) {
        Shelf shelf = new Shelf(images.list(), users);
        long before = shelf.total;
        List<Decision> goes = new ArrayList<>();
        while (shelf.total > keep) {
            Image next = shelf.next();
            if (next == null) {
                break;
            }
            String why = "not used since " + lastUsed.of(next).truncatedTo(ChronoUnit.SECONDS);
            goes.add(new Decision(next, true, why, shelf.remove(next), lastUsed.of(next)));
        }
        if (dryRun) {
            return new Outcome(before, shelf.total, decisions(goes, shelf, keep));
        }
        List<Decision> done = new ArrayList<>();
        for (Decision decision : goes) {
            done.add(carryOut(decision, users));
        }
        List<Decision> decisions = decisions(done, shelf, keep);
        return new Outcome(before, new Shelf(images.list(), users).total, decisions);
    }

    private static List<Decision> decisions(List<Decision> goes, Shelf shelf, long keep) {
        List<Decision> decisions = new ArrayList<>(goes);
        decisions.addAll(shelf.staying(keep));
        return decisions;
    }

    private Decision carryOut(Decision decision, ImageUsers users) {
        Image image = decision.image;
        List<String> names = image.references().isEmpty()
                ? List.of(image.id().toString())
                : image.references().stream().map(Reference::familiar).toList();
        ImageSizes sizes = new ImageSizes(List.of(image), layers);
        List<Removed> removed = new ArrayList<>();
        String fault = "";
        for (String name : names) {
            try {
                removed.addAll(images.remove(name, false, true, users));
            } catch (EngineException e) {
                fault = switch (e.problem()) {
                    case Problem.NoSuchImage ignored -> fault;
                    case Problem.ImageInUse ignored -> "has come into use meanwhile";
                    default -> "could not be removed: " + e.problem();
                };
            }
        }
        boolean gone = images.find(image.id()) == null;
        return new Decision(
                image,
                gone,
                gone || fault.isEmpty() ? decision.reason : fault,
                ImagePrune.reclaimed(removed, sizes),
                decision.lastUsed);
    }

    /** All images as they would be after some have gone. */
    private final class Shelf {
        private final Map<ImageId, Image> left = new LinkedHashMap<>();
        private final Map<ImageId, List<Layer>> chains = new LinkedHashMap<>();
        /** Why an image stays in any case. */
        private final Map<ImageId, String> bound = new LinkedHashMap<>();
        /** How many images and containers have a layer. */
        private final Map<ChainId, Integer> holders = new LinkedHashMap<>();
        /** How many of them stay in any case. */
        private final Map<ChainId, Integer> boundHolders = new LinkedHashMap<>();

        private long total;

        Shelf(List<Image> all, ImageUsers users) {
            List<Image> sorted = new ArrayList<>(all);
            sorted.sort(Comparator.comparing(lastUsed::of).thenComparing(Image::created));
            for (Image image : sorted) {
                left.put(image.id(), image);
                List<Layer> chain = image.chainId() == null ? List.of() : layers.chainIfKnown(image.chainId());
                chains.put(image.id(), chain);
                String reason = reason(image, users);
                if (!reason.isEmpty()) {
                    bound.put(image.id(), reason);
                }
                hold(chain, !reason.isEmpty());
            }
            for (ChainId chain : layers.readWrite().parents()) {
                hold(layers.chainIfKnown(chain), true);
            }
        }

        private String reason(Image image, ImageUsers users) {
            List<ImageUsers.Use> uses = users.of(image.id());
            if (!uses.isEmpty()) {
                String more = uses.size() == 1 ? "" : " and " + (uses.size() - 1) + " more";
                return "in use by container " + uses.getFirst().name() + more;
            }
            return pins.reason(image);
        }

        private void hold(List<Layer> chain, boolean always) {
            for (Layer layer : chain) {
                if (holders.merge(layer.chainId(), 1, Integer::sum) == 1) {
                    total += layer.size();
                }
                if (always) {
                    boundHolders.merge(layer.chainId(), 1, Integer::sum);
                }
            }
        }

        private List<Layer> chain(Image image) {
            return chains.getOrDefault(image.id(), List.of());
        }

        private boolean isBelow(Image image) {
            return left.values().stream().anyMatch(other -> image.id().equals(other.parent()));
        }

        private long frees(Image image) {
            return chain(image).stream()
                    .filter(layer -> holders.getOrDefault(layer.chainId(), 0) == 1)
                    .mapToLong(Layer::size)
                    .sum();
        }

        /** The one unused for the longest time that frees something now, else that does once others like it have gone, too. */
        @Nullable
        Image next() {
            Image later = null;
            for (Image image : left.values()) {
                if (bound.containsKey(image.id()) || isBelow(image)) {
                    continue;
                }
                if (frees(image) > 0) {
                    return image;
                }
                boolean shared = chain(image).stream()
                        .anyMatch(layer -> layer.size() > 0 && !boundHolders.containsKey(layer.chainId()));
                later = later == null && shared ? image : later;
            }
            return later;
        }

        /** The bytes that it frees. */
        long remove(Image image) {
            long freed = frees(image);
            total -= freed;
            left.remove(image.id());
            chain(image).forEach(layer -> holders.merge(layer.chainId(), -1, Integer::sum));
            return freed;
        }

        List<Decision> staying(long keep) {
            Set<ImageId> parents = left.values().stream()
                    .filter(image -> image.parent() != null)
                    .map(Image::parent)
                    .collect(Collectors.toSet());
            List<Decision> staying = new ArrayList<>();
            for (Image image : left.values()) {
                String reason = bound.get(image.id());
                if (reason == null && total <= keep) {
                    reason = "within the budget";
                }
                if (reason == null) {
                    reason = parents.contains(image.id())
                            ? "others are built on it"
                            : "its going would free nothing: others need its layers";
                }
                staying.add(new Decision(image, false, reason, frees(image), lastUsed.of(image)));
            }
            return staying;
        }
    }
}
