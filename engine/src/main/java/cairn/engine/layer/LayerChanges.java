package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one layer makes of the layers below it, by the rules of {@code docker diff}: a directory above a change counts as modified, a
 * directory that is itself the same and has no change in it does not count, nor does a file that was copied up and left as it was. A parent
 * comes before what is in it, what was deleted after the rest of its directory.
 */
final class LayerChanges {
    private static final String CAPABILITY = "security.capability";

    private final DirectoryHandle upper;
    private final MergedTree below;
    private final List<Change> changes = new ArrayList<>();
    /** What is left to do, the next first; not the thread's own stack, for a container may make a tree deeper than that. */
    private final Deque<Runnable> work = new ArrayDeque<>();

    private LayerChanges(DirectoryHandle upper, MergedTree below) {
        this.upper = upper;
        this.below = below;
    }

    static List<Change> of(DirectoryHandle upper, MergedTree below) {
        LayerChanges changes = new LayerChanges(upper, below);
        changes.directory("", below.all(), false);
        while (!changes.work.isEmpty()) {
            changes.work.removeFirst().run();
        }
        return changes.changes;
    }

    /** A name in a directory of the upper layer. */
    private record Upper(FileStatus status, boolean opaque, byte @Nullable [] capability) {}

    /**
     * @param levels the layers below that have this directory, too; none where it is new
     * @param opaque whether nothing of them shows through: it, or a directory above it, is opaque
     */
    private void directory(String path, List<Integer> levels, boolean opaque) {
        SortedMap<String, Upper> names = read(path);
        List<Change> deleted = new ArrayList<>();
        List<Runnable> later = new ArrayList<>();
        // Closed before the way down, so that depth costs no descriptors.
        try (MergedTree.Listing old = below.list(inTree(path), levels)) {
            if (opaque) {
                old.entries().keySet().stream()
                        .filter(name -> !names.containsKey(name))
                        .forEach(name -> deleted.add(new Change(Change.Kind.DELETED, path + "/" + name)));
            }
            Map<String, MergedTree.Entry> entries = Map.copyOf(old.entries());
            for (Map.Entry<String, Upper> name : names.entrySet()) {
                Upper now = name.getValue();
                MergedTree.Entry before = entries.get(name.getKey());
                String child = path + "/" + name.getKey();
                if (!now.status.isWhiteout()) {
                    boolean differs = before != null && differs(now, before, old);
                    later.add(() -> entry(child, now, before, differs, opaque || now.opaque));
                } else if (before != null) {
                    deleted.add(new Change(Change.Kind.DELETED, child));
                }
            }
        }
        deleted.sort(Comparator.comparing(Change::path));
        work.addFirst(() -> changes.addAll(deleted));
        later.reversed().forEach(work::addFirst);
    }

    private void entry(String path, Upper now, MergedTree.@Nullable Entry before, boolean differs, boolean opaque) {
        int mark = changes.size();
        if (before == null) {
            changes.add(new Change(Change.Kind.ADDED, path));
        } else if (differs) {
            changes.add(new Change(Change.Kind.MODIFIED, path));
        }
        boolean said = changes.size() > mark;
        if (now.status.isDirectory()) {
            work.addFirst(() -> {
                if (!said && changes.size() > mark) {
                    changes.add(mark, new Change(Change.Kind.MODIFIED, path));
                }
            });
            directory(path, before == null ? List.of() : before.merged(), opaque);
        }
    }

    private static String inTree(String path) {
        return path.isEmpty() ? "" : path.substring(1);
    }

    private SortedMap<String, Upper> read(String path) {
        SortedMap<String, Upper> names = new TreeMap<>();
        try (DirectoryHandle directory = MergedTree.openOrNull(upper, inTree(path))) {
            if (directory == null) {
                return names;
            }
            for (String name : directory.list()) {
                FileStatus status = directory.stat(name);
                if (status != null) {
                    Map<String, byte[]> attributes =
                            status.isDirectory() || status.isRegular() ? attributes(directory, name) : Map.of();
                    names.put(
                            name,
                            new Upper(status, attributes.containsKey(Overlay.OPAQUE), attributes.get(CAPABILITY)));
                }
            }
        }
        return names;
    }

    private static Map<String, byte[]> attributes(DirectoryHandle directory, String name) {
        try {
            return directory.getxattrs(name);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return Map.of();
            }
            throw e;
        }
    }

    /** Size and time do not count for directories: they change with what is in them. */
    private static boolean differs(Upper now, MergedTree.Entry before, MergedTree.Listing old) {
        FileStatus a = now.status;
        FileStatus b = before.status();
        if (a.mode() != b.mode() || a.uid() != b.uid() || a.gid() != b.gid()) {
            return true;
        }
        if (a.rdevMajor() != b.rdevMajor() || a.rdevMinor() != b.rdevMinor()) {
            return true;
        }
        if (a.isDirectory()) {
            return false;
        }
        return a.size() != b.size()
                || a.modifiedSeconds() != b.modifiedSeconds()
                || a.modifiedNanos() != b.modifiedNanos()
                || a.isRegular() && !Arrays.equals(now.capability, capability(before, old));
    }

    private static byte @Nullable [] capability(MergedTree.Entry before, MergedTree.Listing old) {
        DirectoryHandle directory = old.directory(before.level());
        return directory == null ? null : attributes(directory, before.name()).get(CAPABILITY);
    }
}
