package cairn.engine.layer;

import cairn.linux.DirectoryHandle;
import cairn.linux.Errno;
import cairn.linux.FileInput;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import cairn.oci.tar.TarWriter;
import cairn.wire.container.IdRange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes files of layers as tar entries: hard links kept, attributes of overlayfs itself left out. What a running container removes meanwhile
 * is left out too, and a file that it cuts short is filled up with zeros, for its length stands in front of it.
 */
final class EntryWriter {
    private final TarWriter out;
    private final @Nullable ArchiveOutput archive;
    private final boolean wholeSeconds;
    private final @Nullable IdRange ids;
    /** Where a file with several names was written first. */
    private final Map<Inode, String> linked = new HashMap<>();

    /** Files of different layers are never the same file, even where a file system gives their numbers twice. */
    private record Inode(int level, long number) {}

    EntryWriter(TarWriter out) {
        this(out, null, false, null);
    }

    /** For {@code docker cp}. @param archive which {@code out} writes to @param ids that the files are seen with; null for the host's */
    EntryWriter(TarWriter out, ArchiveOutput archive, @Nullable IdRange ids) {
        this(out, archive, true, ids);
    }

    /** @param wholeSeconds cut times to seconds, as Docker does: what is finer costs each entry a header more */
    private EntryWriter(TarWriter out, @Nullable ArchiveOutput archive, boolean wholeSeconds, @Nullable IdRange ids) {
        this.out = out;
        this.archive = archive;
        this.wholeSeconds = wholeSeconds;
        this.ids = ids;
    }

    /** Writes the directory itself, whatever it is called where it lies. */
    void writeDirectory(DirectoryHandle directory, String path) throws IOException {
        out.write(describe(directory.stat(), path + "/", TarType.DIRECTORY, 0, "", without(directory.getxattrs())));
    }

    private static Map<String, byte[]> without(Map<String, byte[]> attributes) {
        if (attributes.isEmpty()) {
            return attributes;
        }
        Map<String, byte[]> kept = new LinkedHashMap<>(attributes);
        kept.keySet().removeIf(Overlay::isOverlayAttribute);
        return kept;
    }

    /** Whether it was written; a directory is to be filled then. */
    boolean write(DirectoryHandle parent, String name, String path, FileStatus status, int level) throws IOException {
        Inode inode = new Inode(level, status.inode());
        if (!status.isDirectory() && status.links() > 1) {
            String first = linked.get(inode);
            if (first != null) {
                out.write(describe(status, path, TarType.HARD_LINK, 0, first, Map.of()));
                return true;
            }
        }
        try {
            if (!writeNew(parent, name, path, status)) {
                return false;
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ELOOP || e.errno() == Errno.EINVAL) {
                return false;
            }
            throw e;
        }
        if (!status.isDirectory() && status.links() > 1) {
            linked.put(inode, path);
        }
        return true;
    }

    private boolean writeNew(DirectoryHandle parent, String name, String path, FileStatus status) throws IOException {
        Map<String, byte[]> attributes = without(parent.getxattrs(name));
        switch (status.type()) {
            case FileStatus.S_IFDIR -> out.write(describe(status, path + "/", TarType.DIRECTORY, 0, "", attributes));
            case FileStatus.S_IFREG -> {
                try (FileInput content = parent.openFile(name)) {
                    FileStatus now = content.status();
                    TarEntry entry = describe(now, path, TarType.FILE, now.size(), "", attributes);
                    if (archive != null && now.size() >= ArchiveOutput.WORTH_IT) {
                        writeThrough(archive, entry, content);
                    } else {
                        out.write(entry, new Filled(content));
                    }
                }
            }
            case FileStatus.S_IFLNK ->
                out.write(describe(status, path, TarType.SYMLINK, 0, parent.readlink(name), attributes));
            case FileStatus.S_IFCHR -> out.write(describe(status, path, TarType.CHAR_DEVICE, 0, "", attributes));
            case FileStatus.S_IFBLK -> out.write(describe(status, path, TarType.BLOCK_DEVICE, 0, "", attributes));
            case FileStatus.S_IFIFO -> out.write(describe(status, path, TarType.FIFO, 0, "", attributes));
            // Sockets have no meaning without the process that bound them; Docker leaves them out too.
            default -> {
                return false;
            }
        }
        return true;
    }

    private void writeThrough(ArchiveOutput target, TarEntry entry, FileInput content) throws IOException {
        out.write(entry, stream -> target.transfer(content, entry.size()));
    }

    private TarEntry describe(
            FileStatus status, String name, TarType type, long size, String target, Map<String, byte[]> attributes) {
        return new TarEntry(
                name,
                type,
                type.flag(),
                status.permissions(),
                inside(status.uid()),
                inside(status.gid()),
                "",
                "",
                size,
                status.modifiedSeconds(),
                wholeSeconds ? 0 : status.modifiedNanos(),
                target,
                status.rdevMajor(),
                status.rdevMinor(),
                attributes);
    }

    private long inside(int id) {
        long unsigned = Integer.toUnsignedLong(id);
        return ids == null ? unsigned : ids.inside(unsigned);
    }

    /** Zeros without end behind the file's own. */
    private static final class Filled extends FilterInputStream {
        Filled(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            return Math.max(0, super.read());
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n >= 0) {
                return n;
            }
            Arrays.fill(bytes, offset, offset + length, (byte) 0);
            return length;
        }
    }
}
