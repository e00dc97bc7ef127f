package cairn.engine.layer;

import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileInput;
import cairn.linux.FileStatus;
import cairn.linux.KernelThread;
import cairn.linux.LinuxException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What tells two piles of layers apart, file by file. What both have from the same layers is skipped as a whole, so that images with a
 * common base compare as fast as they differ. A time alone is no difference: each build gives new ones.
 */
public final class TreeDifference {
    private final List<Layer> before;
    private final List<Layer> after;
    private final Sink sink;

    /** A file as one of the two has it; {@code layer} is the one that supplies it. */
    public record Side(FileStatus status, Layer layer) {}

    /** Is told each difference, a directory before what is in it. */
    @FunctionalInterface
    public interface Sink {
        /**
         * @param path absolute
         * @param before null for what is new
         * @param after null for what is gone
         */
        void different(String path, @Nullable Side before, @Nullable Side after);
    }

    private TreeDifference(List<Layer> before, List<Layer> after, Sink sink) {
        this.before = before;
        this.after = after;
        this.sink = sink;
    }

    /** @param before and {@code after}: topmost first */
    public static void compare(List<Layer> before, List<Layer> after, Sink sink) {
        KernelThread.call("cairn-image-diff", () -> {
            try {
                new TreeDifference(before, after, sink).run();
                return true;
            } catch (LinuxException e) {
                throw StoreFault.of("compare images", e);
            }
        });
    }

    private record Place(String path, List<Integer> before, List<Integer> after) {}

    private void run() {
        try (MergedTree old = tree(before);
                MergedTree now = tree(after)) {
            Deque<Place> left = new ArrayDeque<>();
            left.push(new Place("", old.all(), now.all()));
            while (!left.isEmpty()) {
                Place place = left.pop();
                Deque<Place> inner = new ArrayDeque<>();
                try (MergedTree.Listing a = old.list(place.path, place.before);
                        MergedTree.Listing b = now.list(place.path, place.after)) {
                    directory(place.path, a, b, inner);
                }
                // The last one found lies on top: so each level is walked in the order of its names.
                inner.forEach(left::push);
            }
        }
    }

    private static MergedTree tree(List<Layer> layers) {
        return new MergedTree(layers.stream().map(Layer::diff).toList());
    }

    private void directory(String path, MergedTree.Listing a, MergedTree.Listing b, Deque<Place> inner) {
        Set<String> names = new TreeSet<>(a.entries().keySet());
        names.addAll(b.entries().keySet());
        for (String name : names) {
            MergedTree.Entry old = a.entries().get(name);
            MergedTree.Entry now = b.entries().get(name);
            String child = path.isEmpty() ? name : path + "/" + name;
            if (old == null || now == null || differs(old, a, now, b)) {
                sink.different("/" + child, side(old, before), side(now, after));
            }
            List<Integer> oldLevels = old == null ? List.of() : old.merged();
            List<Integer> newLevels = now == null ? List.of() : now.merged();
            if (!sameLayers(oldLevels, newLevels)) {
                inner.push(new Place(child, oldLevels, newLevels));
            }
        }
    }

    private static @Nullable Side side(MergedTree.@Nullable Entry entry, List<Layer> layers) {
        return entry == null ? null : new Side(entry.status(), layers.get(entry.level()));
    }

    private boolean sameLayers(List<Integer> a, List<Integer> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!sameLayer(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean sameLayer(int a, int b) {
        return before.get(a).cacheId().equals(after.get(b).cacheId());
    }

    private boolean differs(MergedTree.Entry old, MergedTree.Listing a, MergedTree.Entry now, MergedTree.Listing b) {
        if (sameLayer(old.level(), now.level())) {
            return false;
        }
        FileStatus x = old.status();
        FileStatus y = now.status();
        if (x.mode() != y.mode() || x.uid() != y.uid() || x.gid() != y.gid()) {
            return true;
        }
        if (x.rdevMajor() != y.rdevMajor() || x.rdevMinor() != y.rdevMinor()) {
            return true;
        }
        DirectoryHandle from = a.directory(old.level());
        DirectoryHandle to = b.directory(now.level());
        if (from == null || to == null) {
            return false;
        }
        if (!attributes(from, old.name()).equals(attributes(to, now.name()))) {
            return true;
        }
        return switch (x.type()) {
            case FileStatus.S_IFREG -> x.size() != y.size() || !sameContent(from, to, old.name());
            case FileStatus.S_IFLNK -> !from.readlink(old.name()).equals(to.readlink(now.name()));
            default -> false;
        };
    }

    private static Map<String, String> attributes(DirectoryHandle directory, String name) {
        Map<String, String> attributes = new HashMap<>();
        directory.getxattrs(name).forEach((key, value) -> {
            if (!Overlay.isOverlayAttribute(key)) {
                attributes.put(key, Arrays.toString(value));
            }
        });
        return attributes;
    }

    private static boolean sameContent(DirectoryHandle from, DirectoryHandle to, String name) {
        byte[] a = new byte[1 << 16];
        byte[] b = new byte[1 << 16];
        try (FileInput one = from.openFile(name);
                FileInput other = to.openFile(name)) {
            while (true) {
                int n = one.readNBytes(a, 0, a.length);
                int m = other.readNBytes(b, 0, b.length);
                if (n != m || !Arrays.equals(a, 0, n, b, 0, m)) {
                    return false;
                }
                if (n < a.length) {
                    return true;
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
