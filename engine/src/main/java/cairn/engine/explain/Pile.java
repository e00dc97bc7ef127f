package cairn.engine.explain;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Layers on one another, open, and what overlayfs makes of them (overlayfs.rst): the topmost layer that has a name supplies it, directories
 * are merged downwards until something ends that. No link is ever followed here.
 */
final class Pile implements AutoCloseable {
    private final List<Level> levels;
    private final List<DirectoryHandle> roots = new ArrayList<>();

    /** @param levels topmost first */
    Pile(List<Level> levels) {
        this.levels = List.copyOf(levels);
        try {
            for (Level level : levels) {
                roots.add(DirectoryHandle.open(level.diff()));
            }
        } catch (LinuxException e) {
            close();
            throw new Problem.StoreDamaged(e.subject(), Errno.text(e.errno())).exception(e);
        }
    }

    List<Level> levels() {
        return levels;
    }

    DirectoryHandle root(int level) {
        return roots.get(level);
    }

    List<DirectoryHandle> rootsBelow(int level) {
        return List.copyOf(roots.subList(level + 1, roots.size()));
    }

    /** What a layer ends at: nothing of the layers below shows through under this path. */
    record Barrier(Kind kind, int level, String path, FileStatus status) {
        enum Kind {
            WHITEOUT,
            OPAQUE,
            /** Something that is no directory where others have one, or the file itself. */
            FILE
        }
    }

    enum Role {
        SUPPLIES,
        MERGES,
        HIDES,
        HIDDEN
    }

    /**
     * What one layer has under the path.
     *
     * @param barrier what hides it, or what it is itself if it hides others
     */
    record Sighting(
            int level,
            FileStatus status,
            boolean copy,
            Role role,
            @Nullable Barrier barrier) {}

    /**
     * What all layers have under a path.
     *
     * @param sightings topmost first
     * @param supplier null if the path does not exist in the merged tree
     * @param barrier the topmost, which ends the view; null if there is none
     * @param opaque the topmost opaque directory on the way or at the end, if that is what ends the view
     */
    record Finding(
            List<Sighting> sightings,
            @Nullable Sighting supplier,
            @Nullable Barrier barrier,
            @Nullable Barrier opaque) {
        Finding {
            sightings = List.copyOf(sightings);
        }
    }

    /** What one layer says of a path on its own. */
    private record Trace(
            @Nullable FileStatus status,
            boolean copy,
            @Nullable Barrier barrier) {}

    /** @param names of the path's components, none of them {@code .} or {@code ..}; empty for the root */
    Finding find(List<String> names) {
        return find(names, 0);
    }

    /** As if the layers above {@code from} were not there. */
    Finding find(List<String> names, int from) {
        List<Sighting> sightings = new ArrayList<>();
        Sighting supplier = null;
        Barrier barrier = null;
        for (int level = from; level < levels.size(); level++) {
            Trace trace = trace(level, names);
            FileStatus status = trace.status;
            if (status != null) {
                Sighting sighting = sighting(level, names, trace, status, supplier, barrier);
                sightings.add(sighting);
                supplier = sighting.role == Role.SUPPLIES ? sighting : supplier;
            }
            barrier = barrier == null ? trace.barrier : barrier;
        }
        Barrier opaque = barrier != null && barrier.kind == Barrier.Kind.OPAQUE ? barrier : null;
        return new Finding(sightings, supplier, barrier, opaque);
    }

    private static Sighting sighting(
            int level,
            List<String> names,
            Trace trace,
            FileStatus status,
            @Nullable Sighting supplier,
            @Nullable Barrier barrier) {
        if (barrier != null) {
            return new Sighting(level, status, trace.copy, Role.HIDDEN, barrier);
        }
        if (status.isWhiteout()) {
            return new Sighting(level, status, false, Role.HIDES, trace.barrier);
        }
        if (supplier == null) {
            return new Sighting(level, status, trace.copy, Role.SUPPLIES, null);
        }
        if (status.isDirectory()) {
            return new Sighting(level, status, trace.copy, Role.MERGES, null);
        }
        // A file below a directory: the directory wins, and nothing is merged from here on.
        String path = "/" + String.join("/", names);
        Barrier covering = new Barrier(Barrier.Kind.FILE, supplier.level, path, supplier.status);
        return new Sighting(level, status, trace.copy, Role.HIDDEN, covering);
    }

    private Trace trace(int level, List<String> names) {
        DirectoryHandle at = roots.get(level);
        if (names.isEmpty()) {
            return new Trace(at.stat(), false, null);
        }
        List<DirectoryHandle> opened = new ArrayList<>();
        try {
            Barrier barrier = null;
            StringBuilder path = new StringBuilder();
            for (String name : names.subList(0, names.size() - 1)) {
                path.append('/').append(name);
                FileStatus status = at.stat(name);
                if (status == null || !status.isDirectory()) {
                    return new Trace(null, false, barrier != null ? barrier : end(level, path, status));
                }
                at = at.openIn(name);
                opened.add(at);
                if (barrier == null && Marks.isOpaque(at)) {
                    barrier = new Barrier(Barrier.Kind.OPAQUE, level, path.toString(), status);
                }
            }
            path.append('/').append(names.getLast());
            return last(level, at, names.getLast(), path, barrier);
        } catch (LinuxException e) {
            // A running container goes on changing its own layer.
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ENAMETOOLONG) {
                return new Trace(null, false, null);
            }
            throw e;
        } finally {
            opened.forEach(DirectoryHandle::close);
        }
    }

    private static Trace last(
            int level, DirectoryHandle parent, String name, CharSequence path, @Nullable Barrier before) {
        FileStatus status = parent.stat(name);
        if (status == null) {
            return new Trace(null, false, before);
        }
        Map<String, byte[]> attributes = status.isWhiteout() ? Map.of() : parent.getxattrs(name);
        Barrier barrier = before;
        if (barrier == null && status.isDirectory() && Marks.isOpaque(attributes)) {
            barrier = new Barrier(Barrier.Kind.OPAQUE, level, path.toString(), status);
        } else if (barrier == null && !status.isDirectory()) {
            barrier = end(level, path, status);
        }
        return new Trace(status, Marks.isCopy(attributes), barrier);
    }

    private static @Nullable Barrier end(int level, CharSequence path, @Nullable FileStatus status) {
        if (status == null) {
            return null;
        }
        Barrier.Kind kind = status.isWhiteout() ? Barrier.Kind.WHITEOUT : Barrier.Kind.FILE;
        return new Barrier(kind, level, path.toString(), status);
    }

    /** Of a link that {@link #find} has found in that layer. */
    String readlink(int level, List<String> names) {
        String parent = String.join("/", names.subList(0, names.size() - 1));
        try (DirectoryHandle directory = roots.get(level).openBeneath(parent.isEmpty() ? "." : parent)) {
            return directory.readlink(names.getLast());
        }
    }

    @Override
    public void close() {
        roots.forEach(DirectoryHandle::close);
    }
}
