package cairn.engine.explain;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.wire.explain.LayerPath;
import cairn.wire.explain.LayerPaths;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Counts what one layer does to those below it. Directories are opened one at a time by their path from the layer's root, so that
 * depth costs no descriptors.
 */
final class LayerWalk {
    /** Entries of a layer that are looked at. */
    static final int MAX_ENTRIES = 500_000;

    private static final int SAMPLES = 10;
    private static final int MAX_NAMES = 1000;

    /** @param incomplete why something was left out, else empty */
    record Counts(
            long size, List<String> names, LayerPaths adds, LayerPaths changes, LayerPaths hides, String incomplete) {}

    /** A directory of the layer that is still to be read, and which of the roots below are merged into it. */
    private record Pending(String path, List<DirectoryHandle> below) {}

    /** A directory of a layer below, with its names. */
    private record Below(DirectoryHandle directory, DirectoryHandle root, Set<String> names) {}

    private final DirectoryHandle root;
    private final int limit;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final Set<Long> linked = new HashSet<>();
    private final Sort adds = new Sort(true);
    private final Sort changes = new Sort(true);
    private final Sort hides = new Sort(false);
    private int entries;
    private long size;
    private String incomplete = "";

    private LayerWalk(DirectoryHandle root, int limit) {
        this.root = root;
        this.limit = limit;
    }

    /** @param below roots of the layers below, topmost first */
    static Counts count(DirectoryHandle root, List<DirectoryHandle> below) {
        return count(root, below, MAX_ENTRIES);
    }

    static Counts count(DirectoryHandle root, List<DirectoryHandle> below, int limit) {
        LayerWalk walk = new LayerWalk(root, limit);
        walk.run(below);
        List<String> names = walk.list(root, "/");
        return new Counts(
                walk.size,
                names.subList(0, Math.min(names.size(), MAX_NAMES)),
                walk.adds.result(),
                walk.changes.result(),
                walk.hides.result(),
                walk.incomplete);
    }

    private void run(List<DirectoryHandle> below) {
        pending.add(new Pending("", below));
        while (!pending.isEmpty() && entries <= limit) {
            Pending next = pending.removeLast();
            try (DirectoryHandle directory = open(root, next.path)) {
                directory(directory, next);
            } catch (LinuxException e) {
                gone(e, next.path);
            }
        }
        if (entries > limit) {
            incomplete = "more than " + limit + " entries";
        }
    }

    private static DirectoryHandle open(DirectoryHandle root, String path) {
        return root.openBeneath(path.isEmpty() ? "." : path);
    }

    /** A running container goes on creating and removing; anything else is worth a word. */
    private void gone(LinuxException e, String path) {
        if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
            incomplete = "/" + path + ": " + Errno.text(e.errno());
        }
    }

    private List<String> list(DirectoryHandle directory, String path) {
        try {
            return directory.list();
        } catch (LinuxException e) {
            gone(e, path);
            return List.of();
        }
    }

    private void directory(DirectoryHandle directory, Pending at) {
        List<Below> below = new ArrayList<>();
        List<Pending> inner = new ArrayList<>();
        try {
            for (DirectoryHandle other : at.below) {
                DirectoryHandle opened = open(other, at.path);
                below.add(new Below(opened, other, new HashSet<>(list(opened, at.path))));
            }
            for (String name : list(directory, at.path)) {
                entries++;
                FileStatus status = directory.stat(name);
                if (status != null) {
                    String path = at.path.isEmpty() ? name : at.path + "/" + name;
                    entry(directory, name, path, status, below, inner);
                }
            }
        } finally {
            below.forEach(one -> one.directory.close());
        }
        pending.addAll(inner.reversed());
    }

    private void entry(
            DirectoryHandle directory,
            String name,
            String path,
            FileStatus status,
            List<Below> below,
            List<Pending> inner) {
        if (status.isWhiteout()) {
            hides.add(path, Marks.WHITEOUT, 0);
            return;
        }
        boolean counted = status.links() == 1 || status.isDirectory() || linked.add(status.inode());
        long bytes = counted ? Marks.size(status) : 0;
        size += bytes;
        List<DirectoryHandle> merged = new ArrayList<>();
        boolean existed = merge(name, below, merged);
        if (!status.isDirectory()) {
            (existed ? changes : adds).add(path, Marks.type(status), bytes);
            return;
        }
        if (Marks.isOpaque(directory.getxattrs(name))) {
            hides.add(path, Marks.OPAQUE_DIRECTORY, 0);
            merged.clear();
        }
        if (!existed) {
            adds.add(path, "directory", 0);
        } else if (merged.isEmpty()) {
            changes.add(path, "directory", 0);
        }
        inner.add(new Pending(path, merged));
    }

    /**
     * Whether a name is to be seen in the layers below.
     *
     * @param merged gets the roots of those in which it is a directory of the merged tree
     */
    private static boolean merge(String name, List<Below> below, List<DirectoryHandle> merged) {
        boolean existed = false;
        for (Below one : below) {
            FileStatus status = one.names.contains(name) ? one.directory.stat(name) : null;
            if (status != null) {
                if (status.isWhiteout()) {
                    return existed;
                }
                if (!status.isDirectory()) {
                    return true;
                }
                existed = true;
                merged.add(one.root);
                if (Marks.isOpaque(one.directory.getxattrs(name))) {
                    return true;
                }
            }
        }
        return existed;
    }

    /** Paths of one sort: how many, and a few of them. */
    private static final class Sort {
        private static final Comparator<LayerPath> SMALLEST_FIRST =
                Comparator.comparingLong(LayerPath::size).thenComparing(LayerPath::path, Comparator.reverseOrder());

        private final boolean bySize;
        private final PriorityQueue<LayerPath> kept = new PriorityQueue<>(SMALLEST_FIRST);
        private long count;
        private long bytes;

        Sort(boolean bySize) {
            this.bySize = bySize;
        }

        void add(String path, String type, long size) {
            count++;
            bytes += size;
            kept.add(new LayerPath("/" + path, type, size));
            if (kept.size() > SAMPLES) {
                kept.remove();
            }
        }

        LayerPaths result() {
            List<LayerPath> samples = new ArrayList<>(kept);
            samples.sort(bySize ? SMALLEST_FIRST.reversed() : Comparator.comparing(LayerPath::path));
            return new LayerPaths(count, bytes, samples);
        }
    }
}
