package cairn.engine.layer;

import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import cairn.linux.LinuxException;
import cairn.oci.tar.TarWriter;
import cairn.wire.container.IdRange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes what lies at one path of a container as an archive, as {@code docker cp} takes it out. Directories are entered by descriptor, one name
 * at a time and never through a link, so that nobody in the container can lead this out of it.
 */
public final class FileTree {
    /** As deep as a path can be that a process can name, and no more open directories than a process may have. */
    private static final int MAX_DEPTH = 512;

    /** What the kernel makes up there belongs to no copy of the container. */
    private static final Set<String> KERNELS = Set.of("/proc", "/sys", "/dev");

    private final EntryWriter entries;
    private final Deque<Frame> stack = new ArrayDeque<>();

    /** A directory that is being written. @param path in the container @param name in the archive @param own whether it is to be closed */
    private record Frame(
            DirectoryHandle directory, String path, String name, long mount, Iterator<String> left, boolean own) {
        void close() {
            if (own) {
                directory.close();
            }
        }
    }

    private FileTree(TarWriter out, ArchiveOutput archive, @Nullable IdRange ids) {
        this.entries = new EntryWriter(out, archive, ids);
    }

    /**
     * Writes a file, a link itself, or a directory with all in it; the stream stays open.
     *
     * @param parent the directory that holds the name; not closed
     * @param rename what it is called in the archive
     * @param ids that the files are seen with; null for the host's
     */
    public static void writeName(
            DirectoryHandle parent,
            String name,
            FileStatus status,
            String rename,
            @Nullable IdRange ids,
            OutputStream out)
            throws IOException {
        @SuppressWarnings("resource") // Closing would close the caller's stream.
        ArchiveOutput archive = new ArchiveOutput(out);
        TarWriter tar = new TarWriter(archive);
        new FileTree(tar, archive, ids).entries.write(parent, name, rename, status, device(status));
        tar.finish();
    }

    /**
     * Writes a directory with all in it; the stream stays open.
     *
     * @param path in the container, without links
     * @param rename what it is called in the archive; empty for names that begin with a slash
     * @param ids as for {@link #writeName}
     */
    public static void writeDirectory(
            DirectoryHandle directory, String path, String rename, @Nullable IdRange ids, OutputStream out)
            throws IOException {
        @SuppressWarnings("resource") // Closing would close the caller's stream.
        ArchiveOutput archive = new ArchiveOutput(out);
        TarWriter tar = new TarWriter(archive);
        new FileTree(tar, archive, ids).run(directory, path, rename);
        tar.finish();
    }

    private void run(DirectoryHandle top, String path, String rename) throws IOException {
        FileStatus status = top.stat();
        entries.writeDirectory(top, rename);
        stack.addFirst(new Frame(
                top,
                path.equals("/") ? "" : path,
                rename,
                status.mountId(),
                top.list().iterator(),
                false));
        try {
            while (!stack.isEmpty()) {
                Frame frame = stack.getFirst();
                if (frame.left.hasNext()) {
                    entry(frame, frame.left.next());
                } else {
                    stack.removeFirst().close();
                }
            }
        } finally {
            stack.forEach(Frame::close);
        }
    }

    private void entry(Frame frame, String name) throws IOException {
        FileStatus status = frame.directory.stat(name);
        String inArchive = frame.name + "/" + name;
        if (status == null
                || !entries.write(frame.directory, name, inArchive, status, device(status))
                || !status.isDirectory()) {
            return;
        }
        String path = frame.path + "/" + name;
        if (status.mountId() != frame.mount && KERNELS.contains(path)) {
            return;
        }
        if (stack.size() >= MAX_DEPTH) {
            throw new Problem.InvalidParameter(path + ": directories are nested deeper than " + MAX_DEPTH).exception();
        }
        DirectoryHandle inner = MergedTree.openOrNull(frame.directory, name);
        if (inner != null) {
            stack.addFirst(new Frame(inner, path, inArchive, status.mountId(), names(inner), true));
        }
    }

    private static Iterator<String> names(DirectoryHandle directory) {
        try {
            return directory.list().iterator();
        } catch (LinuxException e) {
            directory.close();
            throw e;
        }
    }

    /** Inode numbers mean something on their own file system only. */
    private static int device(FileStatus status) {
        return status.deviceMajor() << 20 | status.deviceMinor();
    }
}
