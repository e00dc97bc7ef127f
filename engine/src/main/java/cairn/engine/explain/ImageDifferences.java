package cairn.engine.explain;

import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.layer.TreeDifference;
import cairn.engine.layer.TreeDifference.Side;
import cairn.linux.FileStatus;
import cairn.wire.explain.DifferentPath;
import cairn.wire.explain.HistoryStep;
import cairn.wire.explain.ImageDifference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says what tells two images apart, and which layers are to blame. */
public final class ImageDifferences {
    /** Paths that are listed; all are counted. */
    private static final int MAX_PATHS = 20_000;

    private final Images images;
    private final Layers layers;

    public ImageDifferences(Images images, Layers layers) {
        this.images = images;
        this.layers = layers;
    }

    /** @throws cairn.engine.error.EngineException NoSuchImage, InvalidReference */
    public ImageDifference between(String from, String to) {
        Image old = images.get(from);
        Image now = images.get(to);
        List<Layer> before = chain(old);
        List<Layer> after = chain(now);
        Count count = new Count(places(old, before), places(now, after));
        TreeDifference.compare(before, after, count);
        count.paths.sort(Comparator.comparing(DifferentPath::path));
        return new ImageDifference(
                from,
                to,
                count.added,
                count.removed,
                count.changed,
                count.addedBytes,
                count.removedBytes,
                count.changedBytes,
                count.paths,
                count.added + count.removed + count.changed > MAX_PATHS
                        ? "only " + MAX_PATHS + " paths are listed"
                        : "");
    }

    private List<Layer> chain(Image image) {
        return image.chainId() == null ? List.of() : layers.chain(image.chainId());
    }

    /** A layer's number as explain gives it, the topmost being 0, and who made it. */
    private record PlaceInImage(int number, String instruction) {}

    private static Map<Layer, PlaceInImage> places(Image image, List<Layer> chain) {
        List<HistoryStep> made = History.ofLayers(History.steps(image));
        Map<Layer, PlaceInImage> places = new HashMap<>();
        for (int i = 0; i < chain.size(); i++) {
            String instruction =
                    made.size() == chain.size() ? made.get(chain.size() - 1 - i).createdBy() : "";
            places.put(chain.get(i), new PlaceInImage(i, instruction));
        }
        return places;
    }

    private static final class Count implements TreeDifference.Sink {
        private final Map<Layer, PlaceInImage> before;
        private final Map<Layer, PlaceInImage> after;
        private final List<DifferentPath> paths = new ArrayList<>();
        private long added;
        private long removed;
        private long changed;
        private long addedBytes;
        private long removedBytes;
        private long changedBytes;

        Count(Map<Layer, PlaceInImage> before, Map<Layer, PlaceInImage> after) {
            this.before = before;
            this.after = after;
        }

        @Override
        public void different(String path, @Nullable Side old, @Nullable Side now) {
            long sizeBefore = old == null ? 0 : Marks.size(old.status());
            long size = now == null ? 0 : Marks.size(now.status());
            if (old == null) {
                added++;
                addedBytes += size;
            } else if (now == null) {
                removed++;
                removedBytes += sizeBefore;
            } else {
                changed++;
                changedBytes += size - sizeBefore;
            }
            if (paths.size() < MAX_PATHS) {
                paths.add(row(path, old, now, sizeBefore, size));
            }
        }

        private DifferentPath row(String path, @Nullable Side old, @Nullable Side now, long sizeBefore, long size) {
            Side shown = Objects.requireNonNull(now == null ? old : now);
            PlaceInImage place = (now == null ? before : after).get(shown.layer());
            return new DifferentPath(
                    old == null ? "added" : now == null ? "removed" : "changed",
                    path,
                    Marks.type(shown.status()),
                    old == null || now == null ? "" : what(old.status(), now.status()),
                    sizeBefore,
                    size,
                    place == null ? 0 : place.number,
                    place == null ? "" : place.instruction);
        }

        private static String what(FileStatus old, FileStatus now) {
            List<String> words = new ArrayList<>();
            if (old.type() != now.type()) {
                words.add(Marks.type(old) + " to " + Marks.type(now));
            }
            if (old.permissions() != now.permissions()) {
                words.add("mode " + Integer.toOctalString(old.permissions()) + " to "
                        + Integer.toOctalString(now.permissions()));
            }
            if (old.uid() != now.uid() || old.gid() != now.gid()) {
                words.add("owner " + old.uid() + ":" + old.gid() + " to " + now.uid() + ":" + now.gid());
            }
            if (words.isEmpty()) {
                words.add(
                        now.isDirectory()
                                ? "attributes"
                                : now.isRegular() && old.size() == now.size() ? "content or attributes" : "content");
            }
            return String.join(", ", words);
        }
    }
}
