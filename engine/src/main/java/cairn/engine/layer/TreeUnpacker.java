package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileHandle;
import cairn.linux.FileOwner;
import cairn.linux.FileStatus;
import cairn.linux.InRoot;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarReader;
import cairn.oci.tar.TarType;
import cairn.wire.container.IdRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts an archive's files into a directory of a container that may run meanwhile and do its worst: what {@code docker cp} does on the way in.
 * What is there is replaced, directories are merged. Links on the way are followed as a process would whose root is the container's;
 * everything else is done by descriptor, with names that are never followed.
 */
public final class TreeUnpacker {
    /** Somebody who makes a name anew whenever it is cleared away is not outwaited. */
    private static final int ATTEMPTS = 16;

    private static final long MAX_ID = 0xfffffffeL;

    /**
     * How to treat what is there.
     *
     * @param keepKinds refuse to put a file in the place of a directory, or a directory in that of a file
     * @param owner whom all that is made belongs to; null for those whom the archive names
     * @param ids that the files are to be seen with, where owners are as in a container's user namespace; null for the host's
     * @param top whether what the archive says of the directory itself counts, too
     */
    public record Options(
            boolean keepKinds,
            @Nullable Owner owner,
            boolean top,
            @Nullable IdRange ids) {
        /** Makes a file, which must be somebody's from the beginning. */
        void make(Runnable making) {
            if (ids == null) {
                making.run();
            } else {
                FileOwner.as(ids.outside(0), ids.outside(0), making);
            }
        }
    }

    /** Numbers, not names. */
    public record Owner(long uid, long gid) {}

    private final TarReader tar;
    private final OpenPath parents;
    private final OpenPath linkTargets;
    private final Options options;
    private final DirectoryHandle top;
    private @Nullable TarEntry topEntry;
    private final UnfinishedDirectories directories = new UnfinishedDirectories();
    private final byte[] buffer = new byte[256 << 10];
    private final ByteBuffer gathered = ByteBuffer.allocateDirect(1 << 20);

    private TreeUnpacker(TarReader tar, DirectoryHandle top, InRoot root, String path, Options options) {
        this.tar = tar;
        String prefix = path.endsWith("/") ? path : path + "/";
        this.parents = new OpenPath(top, root, prefix, options::make);
        this.linkTargets = new OpenPath(top, root, prefix, options::make);
        this.options = options;
        this.top = top;
    }

    /**
     * Unpacks a whole archive, plain or compressed. What has been made before a failure stays.
     *
     * @param top a directory in the root; not closed
     * @param path where that is, without links
     * @throws cairn.engine.error.EngineException BadArchive, DiskFull, InvalidParameter for what the directory does not take
     * @throws IOException from the stream
     */
    public static void unpack(InputStream archive, DirectoryHandle top, InRoot root, String path, Options options)
            throws IOException {
        try (InputStream ahead = ReadAhead.of(archive);
                InputStream plain = Compression.decompress(ahead);
                TarReader tar = new TarReader(plain, TarLimits.DEFAULT)) {
            TreeUnpacker unpacker = new TreeUnpacker(tar, top, root, path, options);
            try {
                unpacker.run();
            } finally {
                unpacker.parents.close();
                unpacker.linkTargets.close();
            }
        }
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
        if (topEntry != null) {
            finishTop(topEntry);
        }
    }

    private void finishTop(TarEntry entry) {
        top.chown((int) entry.uid(), (int) entry.gid());
        top.chmod(entry.mode() & 07777);
        top.utimes(entry.mtime(), entry.mtimeNanos());
    }

    private void unpack(TarEntry entry) throws IOException {
        EntryPath path = EntryPath.of(entry.name(), entry.name());
        if (entry.uid() > MAX_ID || entry.gid() > MAX_ID) {
            throw new Problem.BadArchive(entry.name(), "owner out of range").exception();
        }
        if (path == null) {
            if (entry.type() != TarType.DIRECTORY) {
                throw new Problem.BadArchive(entry.name(), "would replace the directory itself").exception();
            }
            // As Docker with cp: the directory that is copied into stays what it is.
            topEntry = options.top ? entry : null;
            return;
        }
        DirectoryHandle parent = parents.open(path.parents(), true, entry.name());
        String name = path.name();
        switch (entry.type()) {
            case FILE -> file(parent, name, entry);
            case DIRECTORY -> {
                make(parent, name, entry, () -> parent.mkdir(name, 0700));
                directories.add(path, owned(entry));
            }
            case SYMLINK -> {
                make(parent, name, entry, () -> parent.symlink(entry.linkName(), name));
                named(parent, name, entry, false);
            }
            case HARD_LINK -> hardLink(parent, name, entry);
            case CHAR_DEVICE -> node(parent, name, entry, FileStatus.S_IFCHR);
            case BLOCK_DEVICE -> node(parent, name, entry, FileStatus.S_IFBLK);
            case FIFO -> node(parent, name, entry, FileStatus.S_IFIFO);
            case OTHER -> throw new Problem.BadArchive(entry.name(), "unknown type").exception();
        }
    }

    private TarEntry owned(TarEntry entry) {
        Owner owner = options.owner;
        TarEntry owned = owner == null ? entry : entry.withOwner(owner.uid(), owner.gid());
        IdRange ids = options.ids;
        if (ids == null) {
            return owned;
        }
        if (!ids.has(owned.uid()) || !ids.has(owned.gid())) {
            throw new Problem.InvalidParameter(entry.name() + ": the container's user namespace has no owner "
                            + owned.uid() + ":" + owned.gid())
                    .exception();
        }
        return owned.withOwner(ids.outside(owned.uid()), ids.outside(owned.gid()));
    }

    private interface Making {
        void make();
    }

    /** Makes something under a name; clears away what has the name, but a directory for a directory. */
    private void make(DirectoryHandle parent, String name, TarEntry entry, Making making) {
        for (int attempt = 0; ; attempt++) {
            try {
                options.make(making::make);
                return;
            } catch (LinuxException e) {
                if (e.errno() != Errno.EEXIST || attempt == ATTEMPTS) {
                    throw e;
                }
            }
            FileStatus there = parent.stat(name);
            boolean directory = entry.type() == TarType.DIRECTORY;
            if (there == null) {
                continue;
            }
            if (there.isDirectory() && directory) {
                return;
            }
            if (options.keepKinds && there.isDirectory() != directory) {
                throw new Problem.InvalidParameter(
                                there.isDirectory()
                                        ? "cannot overwrite directory \"" + entry.name() + "\" with non-directory"
                                        : "cannot overwrite non-directory \"" + entry.name() + "\" with directory")
                        .exception();
            }
            parent.deleteTree(name);
        }
    }

    private void file(DirectoryHandle parent, String name, TarEntry entry) throws IOException {
        FileHandle[] made = new FileHandle[1];
        make(parent, name, entry, () -> made[0] = parent.createFile(name, 0600));
        try (FileHandle file = Objects.requireNonNull(made[0])) {
            FileContent.writeGathered(tar, file, entry.size(), buffer, gathered);
            TarEntry owned = owned(entry);
            file.chown((int) owned.uid(), (int) owned.gid());
            // After chown, which clears the set-id bits.
            file.chmod(entry.mode());
            attributes(entry.xattrs(), file::setxattr);
            file.utimes(entry.mtime(), entry.mtimeNanos());
        }
    }

    private void node(DirectoryHandle parent, String name, TarEntry entry, int type) {
        make(
                parent,
                name,
                entry,
                () -> parent.mknod(name, type | 0600, (int) entry.devMajor(), (int) entry.devMinor()));
        named(parent, name, entry, true);
    }

    /** Owner, mode and times of what cannot be opened. */
    private void named(DirectoryHandle parent, String name, TarEntry entry, boolean hasMode) {
        TarEntry owned = owned(entry);
        parent.chown(name, (int) owned.uid(), (int) owned.gid());
        if (hasMode) {
            parent.chmod(name, entry.mode());
        }
        attributes(entry.xattrs(), (attribute, value) -> parent.setxattr(name, attribute, value));
        parent.utimes(name, entry.mtime(), entry.mtimeNanos());
    }

    private void hardLink(DirectoryHandle parent, String name, TarEntry entry) {
        EntryPath target = EntryPath.of(entry.linkName(), entry.name());
        if (target == null) {
            throw new Problem.BadArchive(entry.name(), "hard link to a directory").exception();
        }
        DirectoryHandle from = linkTargets.open(target.parents(), false, entry.name());
        FileStatus status = from.stat(target.name());
        if (status == null || status.isDirectory()) {
            throw new Problem.BadArchive(entry.name(), "hard link to what is no file: " + entry.linkName()).exception();
        }
        make(parent, name, entry, () -> parent.link(from, target.name(), name));
    }

    private void finish(UnfinishedDirectories.Directory directory) {
        EntryPath path = Objects.requireNonNull(EntryPath.of(directory.path(), directory.path()));
        DirectoryHandle parent = parents.open(path.parents(), false, directory.path());
        try (DirectoryHandle made = parent.openIn(path.name())) {
            made.chown(directory.uid(), directory.gid());
            made.chmod(directory.mode());
            attributes(directory.attributes(), made::setxattr);
            made.utimes(directory.mtime(), directory.mtimeNanos());
        }
    }

    private interface Attributes {
        void set(String name, byte[] value);
    }

    private static void attributes(Map<String, byte[]> attributes, Attributes target) {
        attributes.forEach((name, value) -> {
            if (Overlay.isOverlayAttribute(name)) {
                return;
            }
            try {
                target.set(name, value);
            } catch (LinuxException e) {
                // As Docker: not every file system takes every kind.
                if (e.errno() != Errno.ENOTSUP && e.errno() != Errno.EPERM) {
                    throw e;
                }
            }
        });
    }

    private static RuntimeException fault(String entry, LinuxException e) {
        return switch (e.errno()) {
            case Errno.ENOSPC, Errno.EDQUOT -> new Problem.DiskFull("copy " + entry).exception(e);
            default -> new Problem.InvalidParameter(entry + ": " + Errno.text(e.errno())).exception(e);
        };
    }
}
