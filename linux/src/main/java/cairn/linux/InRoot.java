package cairn.linux;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A foreign root directory, such as a container's. Every path is resolved as a process would that has this directory as
 * its root: absolute links and {@code ..} stay inside (openat2(2) RESOLVE_IN_ROOT), magic links of procfs are refused with ELOOP.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class InRoot implements AutoCloseable {
    private InRoot() {}

    public static InRoot open(Path root) {
        throw new UnsupportedOperationException();
    }

    /** The root of a process, with its mounts. ENOENT if there is no such process. */
    public static InRoot ofProcess(int pid) {
        throw new UnsupportedOperationException();
    }

    /**
     * The content of a regular file; null if there is none. EISDIR for a directory, EINVAL for a FIFO, device or socket,
     * EFBIG if there are more bytes than the limit.
     */
    public byte @Nullable [] readSmallFile(String path, int limit) {
        throw new UnsupportedOperationException();
    }

    /** Of what the path leads to; null if that does not exist. */
    public @Nullable FileStatus status(String path) {
        throw new UnsupportedOperationException();
    }

    /** As {@link #status}, but of the link itself if the last component is one. */
    public @Nullable FileStatus statusNoFollow(String path) {
        throw new UnsupportedOperationException();
    }

    public String readlink(String path) {
        throw new UnsupportedOperationException();
    }

    /** The names in a directory, sorted; EILSEQ if one is not UTF-8. */
    public List<String> list(String path) {
        throw new UnsupportedOperationException();
    }

    /** Opens a regular file for reading: EISDIR for a directory, EINVAL for other kinds. */
    public InputStream openFile(String path) {
        throw new UnsupportedOperationException();
    }

    public DirectoryHandle openDirectory(String path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
