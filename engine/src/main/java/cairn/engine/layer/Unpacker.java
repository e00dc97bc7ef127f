package cairn.engine.layer;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.store.StoreFault;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarName;
import cairn.oci.tar.TarReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Creates a layer's files from its tar stream, in overlayfs's form, inside one empty directory that nobody else writes to. An entry that
 * leads out, stands twice or makes no sense ends the unpacking; what has been made by then is the caller's to remove.
 */
final class Unpacker {
    private static final int DEVICE_MAJORS = 1 << 12;
    private static final int DEVICE_MINORS = 1 << 20;
    private static final long MAX_ID = 0xfffffffeL;

    private final TarReader tar;
    private final OpenPath parents;
    private final OpenPath linkTargets;
    private final int umask;
    private final LongConsumer written;
    private final UnfinishedDirectories directories = new UnfinishedDirectories();
    private long size;

    private Unpacker(TarReader tar, DirectoryHandle root, InRoot layer, int umask, LongConsumer written) {
        this.tar = tar;
        this.parents = new OpenPath(root, layer);
        this.linkTargets = new OpenPath(root, layer);
        this.umask = umask;
        this.written = written;
    }

    /**
     * The bytes of all files and links, counted as {@link Layer#size} is.
     *
     * @param umask of this process, to know which modes come out as asked
     * @param written is told of bytes that have been written to files, as they are
     * @throws EngineException BadArchive with the entry's name, or DiskFull
     * @throws IOException from the stream
     */
    static long unpack(TarReader tar, DirectoryHandle root, InRoot layer, int umask, LongConsumer written)
            throws IOException {
        Unpacker unpacker = new Unpacker(tar, root, layer, umask, written);
        try {
            unpacker.run();
        } finally {
            unpacker.parents.close();
            unpacker.linkTargets.close();
        }
        return unpacker.size;
    }

    private void run() throws IOException {
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            try {
                unpack(entry);
            } catch (LinuxException e) {
                throw fault(entry.name(), e);
            }
        }
        directories.forEach(directory -> {
            try {
                finish(directory);
            } catch (LinuxException e) {
                throw fault(directory.path(), e);
            }
        });
    }

    private void unpack(TarEntry entry) throws IOException {
        EntryPath path = EntryPath.of(entry.name(), entry.name());
        if (path == null) {
            // Docker ignores what an archive says of the root itself: a container's root is the upper layer's, always
            // root's and 0755.
            switch (entry.type()) {
                case DIRECTORY -> {}
                default -> throw bad(entry, "would replace the root of the layer");
            }
            return;
        }
        checkOwner(entry);
        if (isAufs(path)) {
            requireEmpty(entry);
            return;
        }
        DirectoryHandle parent = parents.open(path.parents(), true, entry.name());
        if (path.name().equals(Overlay.OPAQUE_MARK)) {
            requireEmpty(entry);
            Overlay.makeOpaque(parent);
        } else if (path.name().startsWith(Overlay.WHITEOUT_PREFIX)) {
            whiteout(parent, path.name().substring(Overlay.WHITEOUT_PREFIX.length()), entry);
        } else {
            create(parent, path, entry);
        }
    }

    /** {@code .wh..wh.plnk} and the like at the top, with all in it: aufs's housekeeping, no part of the image. */
    static boolean isAufs(EntryPath path) {
        String top = path.parents().isEmpty() ? path.name() : path.parents().getFirst();
        return top.startsWith(Overlay.AUFS_PREFIX) && !(path.parents().isEmpty() && top.equals(Overlay.OPAQUE_MARK));
    }

    private void create(DirectoryHandle parent, EntryPath path, TarEntry entry) throws IOException {
        String name = path.name();
        switch (entry.type()) {
            case FILE -> file(parent, name, entry);
            case DIRECTORY -> directory(parent, path, entry);
            case SYMLINK -> symlink(parent, name, entry);
            case HARD_LINK -> hardLink(parent, name, entry);
            case CHAR_DEVICE -> device(parent, name, entry, FileStatus.S_IFCHR);
            case BLOCK_DEVICE -> device(parent, name, entry, FileStatus.S_IFBLK);
            case FIFO -> node(parent, name, entry, FileStatus.S_IFIFO, 0, 0);
            case OTHER -> throw bad(entry, "unknown type flag '" + printable(entry.flag()) + "'");
        }
    }

    private void file(DirectoryHandle parent, String name, TarEntry entry) throws IOException {
        try (FileHandle file = freshFile(parent, name, entry)) {
            FileContent.write(tar, file, entry.size(), written);
            boolean owned = entry.uid() != 0 || entry.gid() != 0;
            if (owned) {
                file.chown((int) entry.uid(), (int) entry.gid());
            }
            // After chown, which clears the set-id bits.
            if (needsChmod(entry.mode())) {
                file.chmod(entry.mode());
            }
            attributes(entry.name(), entry.xattrs(), file::setxattr);
            file.utimes(entry.mtime(), entry.mtimeNanos());
        }
        size += entry.size();
    }

    private boolean needsChmod(int mode) {
        return (mode & (umask | 07000)) != 0;
    }

    /** Made open to nobody else and filled first: its default ACL, set-gid bit or times would change or be changed by what is made in it. */
    private void directory(DirectoryHandle parent, EntryPath path, TarEntry entry) {
        String name = path.name();
        try {
            parent.mkdir(name, 0700);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            FileStatus status = parent.stat(name);
            if (status != null && status.isWhiteout()) {
                OpenPath.replaceWhiteout(parent, name).close();
            } else if (status == null || !status.isDirectory()) {
                throw twice(entry);
            }
        }
        directories.add(path, entry);
    }

    private void finish(UnfinishedDirectories.Directory directory) {
        EntryPath path = Objects.requireNonNull(EntryPath.of(directory.path(), directory.path()));
        String name = path.name();
        DirectoryHandle parent = parents.open(path.parents(), false, directory.path());
        if (directory.uid() != 0 || directory.gid() != 0) {
            parent.chown(name, directory.uid(), directory.gid());
        }
        parent.chmod(name, directory.mode());
        attributes(
                directory.path(),
                directory.attributes(),
                (attribute, value) -> parent.setxattr(name, attribute, value));
        parent.utimes(name, directory.mtime(), directory.mtimeNanos());
    }

    private void symlink(DirectoryHandle parent, String name, TarEntry entry) {
        if (entry.linkName().isEmpty() || entry.linkName().indexOf('\0') >= 0) {
            throw bad(entry, "a link that leads nowhere");
        }
        if (TarName.isEscaped(entry.linkName())) {
            throw bad(entry, "a name is not UTF-8");
        }
        fresh(parent, name, entry, () -> {
            parent.symlink(entry.linkName(), name);
        });
        if (entry.uid() != 0 || entry.gid() != 0) {
            parent.chown(name, (int) entry.uid(), (int) entry.gid());
        }
        attributes(entry.name(), entry.xattrs(), (attribute, value) -> parent.setxattr(name, attribute, value));
        parent.utimes(name, entry.mtime(), entry.mtimeNanos());
        size += entry.linkName().getBytes(StandardCharsets.UTF_8).length;
    }

    /** A further name for a file of this very archive; owner, mode and times are that file's. */
    private void hardLink(DirectoryHandle parent, String name, TarEntry entry) {
        EntryPath target = EntryPath.of(entry.linkName(), entry.name());
        if (target == null) {
            throw bad(entry, "hard link to the root of the layer");
        }
        try {
            DirectoryHandle from = linkTargets.open(target.parents(), false, entry.name());
            fresh(parent, name, entry, () -> {
                parent.link(from, target.name(), name);
            });
        } catch (LinuxException e) {
            throw switch (e.errno()) {
                case Errno.ENOENT -> bad(entry, "hard link to a file that is not in the archive: " + entry.linkName());
                case Errno.EPERM -> bad(entry, "hard link to a directory: " + entry.linkName());
                default -> e;
            };
        }
    }

    private void device(DirectoryHandle parent, String name, TarEntry entry, int type) {
        if (entry.devMajor() >= DEVICE_MAJORS || entry.devMinor() >= DEVICE_MINORS) {
            throw bad(entry, "device number out of range");
        }
        node(parent, name, entry, type, (int) entry.devMajor(), (int) entry.devMinor());
    }

    private void node(DirectoryHandle parent, String name, TarEntry entry, int type, int major, int minor) {
        fresh(parent, name, entry, () -> {
            parent.mknod(name, type | (entry.mode() & 0777), major, minor);
        });
        if (entry.uid() != 0 || entry.gid() != 0) {
            parent.chown(name, (int) entry.uid(), (int) entry.gid());
        }
        if (needsChmod(entry.mode())) {
            parent.chmod(name, entry.mode());
        }
        attributes(entry.name(), entry.xattrs(), (attribute, value) -> parent.setxattr(name, attribute, value));
        parent.utimes(name, entry.mtime(), entry.mtimeNanos());
    }

    private void whiteout(DirectoryHandle parent, String hidden, TarEntry entry) {
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw bad(entry, "a whiteout of nothing");
        }
        switch (entry.type()) {
            case FILE, HARD_LINK -> requireEmpty(entry);
            default -> throw bad(entry, "a whiteout that is not an empty file");
        }
        try {
            parent.mknod(hidden, FileStatus.S_IFCHR, 0, 0);
            parent.utimes(hidden, entry.mtime(), entry.mtimeNanos());
        } catch (LinuxException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            hideBelow(parent, hidden);
        }
    }

    /** The same archive has made the name already: a whiteout hides what lies below, never what its own layer brings. */
    private static void hideBelow(DirectoryHandle parent, String name) {
        FileStatus status = parent.stat(name);
        if (status != null && status.isDirectory()) {
            try (DirectoryHandle directory = parent.openIn(name)) {
                Overlay.makeOpaque(directory);
            }
        }
    }

    /** tar-split keeps no content, and a whiteout's would be found in no file when the archive is made again. */
    private static void requireEmpty(TarEntry entry) {
        if (entry.size() != 0) {
            throw bad(entry, "a whiteout that is not an empty file");
        }
    }

    private interface Attributes {
        void set(String name, byte[] value);
    }

    private static void attributes(String entry, Map<String, byte[]> attributes, Attributes target) {
        for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
            if (Overlay.isOverlayAttribute(attribute.getKey())) {
                continue;
            }
            try {
                target.set(attribute.getKey(), attribute.getValue());
            } catch (LinuxException e) {
                // As Docker: a file system or kernel without this kind of attribute is no reason to refuse the image.
                if (e.errno() != Errno.ENOTSUP && e.errno() != Errno.EPERM) {
                    throw new Problem.BadArchive(
                                    entry, "extended attribute " + attribute.getKey() + ": " + Errno.text(e.errno()))
                            .exception(e);
                }
            }
        }
    }

    /** Without a lambda, which only the thorough compiler would make cheap: most entries are files. */
    private static FileHandle freshFile(DirectoryHandle parent, String name, TarEntry entry) {
        try {
            return parent.createFile(name, entry.mode() & 0777);
        } catch (LinuxException e) {
            removeWhiteout(parent, name, entry, e);
            return parent.createFile(name, entry.mode() & 0777);
        }
    }

    /** Makes something under a name that must be free, except for a whiteout of it, which then has done its work. */
    private static void fresh(DirectoryHandle parent, String name, TarEntry entry, Runnable make) {
        try {
            make.run();
        } catch (LinuxException e) {
            removeWhiteout(parent, name, entry, e);
            make.run();
        }
    }

    private static void removeWhiteout(DirectoryHandle parent, String name, TarEntry entry, LinuxException failure) {
        if (failure.errno() != Errno.EEXIST) {
            throw failure;
        }
        FileStatus status = parent.stat(name);
        if (status == null || !status.isWhiteout()) {
            throw twice(entry);
        }
        parent.unlink(name);
    }

    private static void checkOwner(TarEntry entry) {
        if (entry.uid() > MAX_ID || entry.gid() > MAX_ID) {
            throw bad(entry, "owner out of range");
        }
    }

    /** Docker refuses these too: which of the two a tar-split record means could not be told when the archive is made again. */
    private static EngineException twice(TarEntry entry) {
        return bad(entry, "stands twice in the archive");
    }

    private static EngineException bad(TarEntry entry, String why) {
        return new Problem.BadArchive(entry.name(), why).exception();
    }

    /** Errors that the entry's own data provoke are the archive's fault, all others the machine's. */
    private static RuntimeException fault(String entry, LinuxException e) {
        return switch (e.errno()) {
            case Errno.ENAMETOOLONG,
                    Errno.ENOTDIR,
                    Errno.EISDIR,
                    Errno.ELOOP,
                    Errno.EEXIST,
                    Errno.ENOENT,
                    Errno.EPERM,
                    Errno.EINVAL,
                    Errno.EXDEV,
                    Errno.EMLINK,
                    Errno.EFBIG,
                    Errno.EOVERFLOW,
                    Errno.EILSEQ -> new Problem.BadArchive(entry, Errno.text(e.errno())).exception(e);
            default -> StoreFault.of("unpack " + entry, e);
        };
    }

    private static String printable(char flag) {
        return flag >= ' ' && flag < 0x7f ? String.valueOf(flag) : String.format("0x%02x", (int) flag);
    }
}
