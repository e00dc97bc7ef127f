package cairn.engine.layer;

import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Layers on one another as overlayfs shows them (overlayfs.rst, "merged directories", "whiteouts and opaque directories"), read from their
 * own directories: nothing is mounted, so nothing can stay mounted, and no link is followed. A running container may go on writing meanwhile.
 *
 * <p>Directories are opened by their path from the layers' roots and closed again before the next one, so that depth costs no
 * descriptors.
 */
final class MergedTree implements AutoCloseable {
    /** Below PATH_MAX, which holds for one call, not for a tree. */
    private static final int PATH_PART = 4000;

    private final List<DirectoryHandle> roots = new ArrayList<>();

    /** @param layers their {@code diff} directories, topmost first */
    MergedTree(List<Path> layers) {
        try {
            for (Path layer : layers) {
                roots.add(DirectoryHandle.open(layer));
            }
        } catch (LinuxException e) {
            close();
            throw StoreFault.of("read layers", e);
        }
    }

    /** The numbers of all layers: the place that the root directory has. */
    List<Integer> all() {
        List<Integer> all = new ArrayList<>();
        for (int level = 0; level < roots.size(); level++) {
            all.add(level);
        }
        return all;
    }

    /**
     * One name of a merged directory.
     *
     * @param level of the layer that supplies it
     * @param merged for a directory the layers whose directories make it up, topmost first; else empty
     */
    record Entry(String name, FileStatus status, int level, List<Integer> merged) {
        Entry {
            merged = List.copyOf(merged);
        }

        boolean isDirectory() {
            return status.isDirectory();
        }
    }

    /** The names of one directory, sorted, and its directories in the layers, opened when they are asked for. */
    final class Listing implements AutoCloseable {
        private final String path;
        private final SortedMap<String, Entry> entries = new TreeMap<>();
        private final Map<Integer, DirectoryHandle> open = new HashMap<>();

        private Listing(String path) {
            this.path = path;
        }

        SortedMap<String, Entry> entries() {
            return entries;
        }

        /** The directory in one layer; null where a running container has just taken it away. Valid until the next {@link #close}. */
        @Nullable
        DirectoryHandle directory(int level) {
            DirectoryHandle known = open.get(level);
            if (known != null) {
                return known;
            }
            DirectoryHandle opened = openOrNull(roots.get(level), path);
            if (opened != null) {
                open.put(level, opened);
            }
            return opened;
        }

        /** Closes the directories; the names stay, and what is asked for later is opened again. */
        @Override
        public void close() {
            open.values().forEach(DirectoryHandle::close);
            open.clear();
        }
    }

    /**
     * @param path from the root, without slashes at its ends; empty for the root
     * @param levels the layers that are merged there
     */
    Listing list(String path, List<Integer> levels) {
        Listing listing = new Listing(path);
        try {
            SortedMap<String, Found> found = new TreeMap<>();
            for (int level : levels) {
                DirectoryHandle directory = listing.directory(level);
                if (directory != null) {
                    add(found, directory, level);
                }
            }
            found.forEach((name, one) -> {
                if (!one.status.isWhiteout()) {
                    listing.entries.put(name, new Entry(name, one.status, one.level, one.merged));
                }
            });
            return listing;
        } catch (LinuxException e) {
            listing.close();
            throw e;
        }
    }

    private static final class Found {
        private final FileStatus status;
        private final int level;
        private final List<Integer> merged = new ArrayList<>();
        /** Whether the layers below have a say. */
        private boolean goesOn = true;

        Found(FileStatus status, int level) {
            this.status = status;
            this.level = level;
        }
    }

    private static void add(SortedMap<String, Found> found, DirectoryHandle directory, int level) {
        for (String name : directory.list()) {
            Found above = found.get(name);
            if (above != null && !above.goesOn) {
                continue;
            }
            FileStatus status = directory.stat(name);
            if (status == null) {
                continue; // gone since the list was read
            }
            Found one = above == null ? new Found(status, level) : above;
            found.put(name, one);
            if (!status.isDirectory()) {
                one.goesOn = false;
            } else {
                one.merged.add(level);
                one.goesOn = !isOpaque(directory, name);
            }
        }
    }

    static boolean isOpaque(DirectoryHandle parent, String name) {
        try {
            return parent.getxattrs(name).containsKey(Overlay.OPAQUE);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /** Null where a running container has just taken it away. */
    static @Nullable DirectoryHandle openOrNull(DirectoryHandle root, String path) {
        try {
            return open(root, path);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR || e.errno() == Errno.ELOOP) {
                return null;
            }
            throw e;
        }
    }

    private static DirectoryHandle open(DirectoryHandle root, String path) {
        if (path.length() <= PATH_PART) {
            return root.openBeneath(path.isEmpty() ? "." : path);
        }
        int slash = path.lastIndexOf('/', PATH_PART);
        try (DirectoryHandle part = root.openBeneath(path.substring(0, slash))) {
            return open(part, path.substring(slash + 1));
        }
    }

    @Override
    public void close() {
        roots.forEach(DirectoryHandle::close);
    }
}
