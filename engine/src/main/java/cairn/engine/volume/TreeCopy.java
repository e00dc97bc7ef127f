package cairn.engine.volume;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.FileInput;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Copies what is in one directory into another: owners, modes, times, attributes, links as links, hard links as hard links, holes as holes.
 * Both are walked by descriptor and single names, so that nobody who works in them meanwhile leads this anywhere else. What disappears
 * meanwhile is left out; sockets belong to processes and are, too.
 */
public final class TreeCopy {
    /** As deep as a path can be that a process can name. */
    private static final int MAX_DEPTH = 512;

    private static final String OVERLAY = "trusted.overlay.";

    /** Where a file with several names stands in the copy. @param directory from its top; empty for that itself */
    private record Place(String directory, String name) {}

    /** A directory on both sides. @param path from the top; empty for that itself */
    private record Pair(DirectoryHandle from, DirectoryHandle to, String path) {
        Place place(String name) {
            return new Place(path, name);
        }

        String inner(String name) {
            return path.isEmpty() ? name : path + "/" + name;
        }
    }

    private record Inode(int major, int minor, long number) {
        static Inode of(FileStatus status) {
            return new Inode(status.deviceMajor(), status.deviceMinor(), status.inode());
        }
    }

    private final Map<Inode, Place> linked = new HashMap<>();
    private final DirectoryHandle to;
    private boolean shared;

    private TreeCopy(DirectoryHandle to) {
        this.to = to;
    }

    /**
     * Copies the contents, and what the directory itself has: owner, mode, attributes, times.
     *
     * @param to exists; what is in it and not in the other one stays
     * @return whether files share their blocks with the originals
     */
    public static boolean copy(DirectoryHandle from, DirectoryHandle to) {
        TreeCopy copy = new TreeCopy(to);
        copy.contents(new Pair(from, to, ""), 0);
        FileStatus status = from.stat();
        to.chown(status.uid(), status.gid());
        to.chmod(status.permissions());
        attributes(from.getxattrs()).forEach(to::setxattr);
        to.utimes(status.modifiedSeconds(), status.modifiedNanos());
        return copy.shared;
    }

    private void contents(Pair pair, int depth) {
        if (depth >= MAX_DEPTH) {
            throw new Problem.InvalidParameter("copy volume: directories are nested deeper than " + MAX_DEPTH)
                    .exception();
        }
        for (String name : pair.from.list()) {
            try {
                entry(pair, name, depth);
            } catch (LinuxException e) {
                // It went, or became something else, between looking and opening.
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) {
                    throw e;
                }
            }
        }
    }

    private void entry(Pair pair, String name, int depth) {
        FileStatus status = pair.from.stat(name);
        if (status == null || status.type() == FileStatus.S_IFSOCK) {
            return;
        }
        if (status.isDirectory()) {
            directory(pair, name, depth);
            return;
        }
        Place first = status.links() > 1 ? linked.get(Inode.of(status)) : null;
        if (first != null) {
            link(first, pair.to, name);
            return;
        }
        switch (status.type()) {
            case FileStatus.S_IFREG -> {
                file(pair, name);
                return;
            }
            case FileStatus.S_IFLNK -> pair.to.symlink(pair.from.readlink(name), name);
            default -> pair.to.mknod(name, status.mode(), status.rdevMajor(), status.rdevMinor());
        }
        finish(pair, name, status);
        remember(pair, name, status);
    }

    private void directory(Pair pair, String name, int depth) {
        try (DirectoryHandle inner = pair.from.openIn(name)) {
            FileStatus status = inner.stat();
            if (pair.to.stat(name) == null) {
                pair.to.mkdir(name, 0700);
            }
            try (DirectoryHandle made = pair.to.openIn(name)) {
                contents(new Pair(inner, made, pair.inner(name)), depth + 1);
            }
            finish(pair, name, status);
        }
    }

    private void file(Pair pair, String name) {
        try (FileInput source = pair.from.openFile(name);
                FileHandle made = pair.to.createFile(name, 0600)) {
            shared |= made.copyFrom(source);
            FileStatus status = source.status();
            // The owner first: it takes away the set-id bits, and capabilities, too.
            made.chown(status.uid(), status.gid());
            made.chmod(status.permissions());
            attributes(pair.from.getxattrs(name)).forEach(made::setxattr);
            made.utimes(status.modifiedSeconds(), status.modifiedNanos());
            remember(pair, name, status);
        }
    }

    private static void finish(Pair pair, String name, FileStatus status) {
        pair.to.chown(name, status.uid(), status.gid());
        if (!status.isLink()) {
            pair.to.chmod(name, status.permissions());
        }
        attributes(pair.from.getxattrs(name)).forEach((attribute, value) -> pair.to.setxattr(name, attribute, value));
        pair.to.utimes(name, status.modifiedSeconds(), status.modifiedNanos());
    }

    /** What overlayfs notes about its layers means nothing anywhere else. */
    private static Map<String, byte[]> attributes(Map<String, byte[]> all) {
        Map<String, byte[]> kept = new TreeMap<>(all);
        kept.keySet().removeIf(name -> name.startsWith(OVERLAY));
        return kept;
    }

    private void remember(Pair pair, String name, FileStatus status) {
        if (status.links() > 1) {
            linked.put(Inode.of(status), pair.place(name));
        }
    }

    private void link(Place first, DirectoryHandle into, String name) {
        if (first.directory.isEmpty()) {
            into.link(to, first.name, name);
            return;
        }
        try (DirectoryHandle directory = to.openBeneath(first.directory)) {
            into.link(directory, first.name, name);
        }
    }
}
