package cairn.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A foreign root directory, such as a container's. Every path is resolved as a process would that has this directory as
 * its root: absolute links and {@code ..} stay inside (openat2(2) RESOLVE_IN_ROOT), magic links of procfs are refused with ELOOP.
 */
public final class InRoot implements AutoCloseable {
    private static final int MOST_LINKS = 40; // path_resolution(7)

    private final int fd;
    private final String root;
    private volatile boolean closed;

    private InRoot(int fd, String root) {
        this.fd = fd;
        this.root = root;
    }

    public static InRoot open(Path root) {
        return open(root.toString());
    }

    private static InRoot open(String path) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
            long fd = Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, scratch.text(path), flags, 0);
            return new InRoot((int) Syscall.check(fd, "open", path), path);
        }
    }

    /** A directory that is open; it may be closed meanwhile. */
    public static InRoot of(DirectoryHandle directory) {
        return open(directory.descriptorPath());
    }

    /** The root of a process, with its mounts. ENOENT if there is no such process. */
    public static InRoot ofProcess(int pid) {
        return open("/proc/" + pid + "/root");
    }

    /**
     * The content of a regular file; null if there is none. EISDIR for a directory, EINVAL for a FIFO, device or socket,
     * EFBIG if there are more bytes than the limit.
     */
    public byte @Nullable [] readSmallFile(String path, int limit) {
        int handle = find(path, 0);
        if (handle == -Errno.ENOENT || handle == -Errno.ENOTDIR) {
            return null;
        }
        try (FileInput file = FileCalls.openRegular(checked(handle, path), subject(path))) {
            return FileCalls.read(file.fd(), limit, subject(path));
        }
    }

    /** Of what the path leads to; null if that does not exist (ENOENT). */
    public @Nullable FileStatus status(String path) {
        return statusOf(path, 0);
    }

    /** As {@link #status}, but of the link itself if the last component is one. */
    public @Nullable FileStatus statusNoFollow(String path) {
        return statusOf(path, FileCalls.O_NOFOLLOW);
    }

    private @Nullable FileStatus statusOf(String path, int flags) {
        int handle = find(path, flags);
        if (handle == -Errno.ENOENT) {
            return null;
        }
        checked(handle, path);
        try {
            return FileCalls.status(handle, subject(path));
        } finally {
            Syscall.close(handle);
        }
    }

    /** Where a link points to; EINVAL for anything else. */
    public String readlink(String path) {
        int handle = checked(find(path, FileCalls.O_NOFOLLOW), path);
        try {
            return FileCalls.readlink(handle, subject(path));
        } finally {
            Syscall.close(handle);
        }
    }

    /**
     * An absolute path to the same place without links and {@code ..}, as a process in this root would see it. What does not exist keeps
     * its name. True at this moment only: whoever uses the path has to open it in this root again.
     */
    public String resolve(String path) {
        return resolve(Path.of("/").resolve(path).normalize(), MOST_LINKS);
    }

    private String resolve(Path path, int links) {
        int handle = find(path.toString(), 0);
        if (handle >= 0) {
            return below(takeName(handle));
        }
        Path parent = path.getParent();
        if (handle != -Errno.ENOENT || parent == null || links == 0) {
            throw new LinuxException("resolve", subject(path.toString()), links == 0 ? Errno.ELOOP : -handle);
        }
        Path directory = Path.of(resolve(parent, links));
        Path own = directory.resolve(String.valueOf(path.getFileName()));
        FileStatus status = statusNoFollow(own.toString());
        if (status == null) {
            return own.toString();
        }
        // A link to what is not there yet.
        return resolve(directory.resolve(readlink(own.toString())).normalize(), links - 1);
    }

    private static String takeName(int handle) {
        try {
            return nameOf(handle);
        } finally {
            Syscall.close(handle);
        }
    }

    /** What the kernel calls an open file, seen from this process. */
    private static String nameOf(int handle) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + handle)).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String below(String name) {
        String top = nameOf(fd);
        if (name.equals(top)) {
            return "/";
        }
        if (top.equals("/")) {
            return name;
        }
        if (!name.startsWith(top + "/")) {
            throw new IllegalStateException(name + " is not below " + top); // Moved away this moment.
        }
        return name.substring(top.length());
    }

    /** The names in a directory, sorted; EILSEQ if one is not UTF-8. */
    public List<String> list(String path) {
        try (DirectoryHandle directory = openDirectory(path)) {
            return directory.list();
        }
    }

    /** Opens a regular file for reading: EISDIR for a directory, EINVAL for other kinds. */
    public FileInput openFile(String path) {
        return FileCalls.openRegular(checked(find(path, 0), path), subject(path));
    }

    /**
     * Makes an empty file or directory with its missing parents, root's and 0755; what is there already is fine. Links are followed inside
     * the root. Only where nobody else is at work in it.
     */
    public void make(String path, boolean directory) {
        Path wanted = Path.of(resolve(path));
        DirectoryHandle at = openDirectory("/");
        try {
            for (int i = 0; i < wanted.getNameCount(); i++) {
                String name = wanted.getName(i).toString();
                boolean last = i == wanted.getNameCount() - 1;
                if (at.stat(name) == null) {
                    if (last && !directory) {
                        at.createFile(name, 0755).close();
                    } else {
                        at.mkdir(name, 0755);
                    }
                }
                if (!last) {
                    DirectoryHandle next = at.openIn(name);
                    at.close();
                    at = next;
                }
            }
        } finally {
            at.close();
        }
    }

    /** A descriptor that only names what the path leads to; to be closed. */
    int openName(String path) {
        return checked(find(path, 0), path);
    }

    public DirectoryHandle openDirectory(String path) {
        int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY;
        return new DirectoryHandle(checked(open(path, flags), path), subject(path));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscall.close(fd);
        }
    }

    /** A descriptor that only names the file, or a negative errno. */
    private int find(String path, int flags) {
        return open(path, FileCalls.O_PATH | flags);
    }

    private int open(String path, int flags) {
        if (closed) {
            throw new IllegalStateException(root + " is closed");
        }
        try (Scratch scratch = Scratch.borrow()) {
            long resolve = FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS;
            return (int) FileCalls.open(scratch, fd, scratch.text(path), flags, resolve);
        }
    }

    private int checked(int result, String path) {
        return (int) (result < 0 ? Syscall.check(result, "open", subject(path)) : result);
    }

    private String subject(String path) {
        return root + (path.startsWith("/") ? path : "/" + path);
    }
}
