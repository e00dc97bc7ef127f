package cairn.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An open directory, and operations on the names in it that never follow a link. A name is one component: an empty name, {@code .},
 * {@code ..}, and names with a slash or a NUL are refused with IllegalArgumentException. Names are UTF-8. One thread may
 * close it only when no other uses it.
 */
public final class DirectoryHandle implements AutoCloseable {
    private static final int RENAME_EXCHANGE = 2;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    /** struct statfs on 64-bit machines. */
    private static final int STATFS_SIZE = 120;

    private static final int STATFS_FLAGS = 80;
    private static final int ST_RDONLY = 1;

    private final int fd;
    private final String path;
    private volatile boolean closed;

    DirectoryHandle(int fd, String path) {
        this.fd = fd;
        this.path = path;
    }

    /** Opens a directory of the host; links on the way are followed. */
    public static DirectoryHandle open(Path directory) {
        String path = directory.toString();
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC;
            long fd = Syscall.call(scratch, Syscall.OPENAT, FileCalls.AT_FDCWD, scratch.text(path), flags, 0);
            return new DirectoryHandle((int) Syscall.check(fd, "open", path), path);
        }
    }

    /** Opens a directory in this one; ENOTDIR if the name is a link. */
    public DirectoryHandle openIn(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
            long opened = Syscall.call(scratch, Syscall.OPENAT, fd(), name(scratch, name), flags, 0);
            return new DirectoryHandle((int) check(opened, "open", name), subject(name));
        }
    }

    /** Opens a directory below this one by a relative path of several components, none of which may be a link (ELOOP); EXDEV if it leads out. */
    public DirectoryHandle openBeneath(String path) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_RDONLY | FileCalls.O_DIRECTORY;
            long resolve = FileCalls.RESOLVE_BENEATH | FileCalls.RESOLVE_NO_SYMLINKS | FileCalls.RESOLVE_NO_MAGICLINKS;
            long opened = FileCalls.open(scratch, fd(), scratch.text(path), flags, resolve);
            return new DirectoryHandle((int) check(opened, "open", path), subject(path));
        }
    }

    /** The mode is subject to the umask, as with mkdir(2). */
    public void mkdir(String name, int mode) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.MKDIRAT, fd(), name(scratch, name), mode), "mkdir", name);
        }
    }

    /** Makes and opens a new file; EEXIST if the name is taken, even by a dangling link. The mode is subject to the umask. */
    public FileHandle createFile(String name, int mode) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_WRONLY
                    | FileCalls.O_CREAT
                    | FileCalls.O_EXCL
                    | FileCalls.O_NOFOLLOW
                    | FileCalls.O_CLOEXEC;
            long opened = Syscall.call(scratch, Syscall.OPENAT, fd(), name(scratch, name), flags, mode);
            return new FileHandle((int) check(opened, "create", name), this, name);
        }
    }

    /** Opens a regular file for reading: ELOOP for a link, EISDIR for a directory, EINVAL for other kinds. */
    public FileInput openFile(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_PATH | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
            long handle = Syscall.call(scratch, Syscall.OPENAT, fd(), name(scratch, name), flags, 0);
            return FileCalls.openRegular((int) check(handle, "open", name), subject(name));
        }
    }

    /**
     * The same with a single call, for a directory whose names are known to be regular files: a device would be opened too, which may do things;
     * of a directory only the reading fails (EISDIR).
     */
    public FileInput openKnownFile(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.O_RDONLY
                    | FileCalls.O_NOFOLLOW
                    | FileCalls.O_NONBLOCK
                    | FileCalls.O_NOCTTY
                    | FileCalls.O_CLOEXEC;
            long opened = Syscall.call(scratch, Syscall.OPENAT, fd(), name(scratch, name), flags, 0);
            return new FileInput((int) check(opened, "open", name), subject(name), null);
        }
    }

    public void symlink(String target, String name) {
        try (Scratch scratch = Scratch.borrow()) {
            long text = scratch.text(target);
            check(Syscall.call(scratch, Syscall.SYMLINKAT, text, fd(), name(scratch, name)), "symlink", name);
        }
    }

    /** Gives the file {@code name} in {@code from} the additional name {@code newName} in this directory; a link itself is linked, not its target. */
    public void link(DirectoryHandle from, String name, String newName) {
        try (Scratch scratch = Scratch.borrow()) {
            long old = name(scratch, name);
            check(
                    Syscall.call(scratch, Syscall.LINKAT, from.fd(), old, fd(), name(scratch, newName), 0),
                    "link",
                    newName);
        }
    }

    /** The mode holds the type bits too ({@link FileStatus#S_IFIFO}, ...); major and minor are of use for devices only. */
    public void mknod(String name, int mode, int major, int minor) {
        if (major >>> 12 != 0 || minor >>> 20 != 0) {
            throw new LinuxException("mknod", subject(name), Errno.EINVAL);
        }
        try (Scratch scratch = Scratch.borrow()) {
            // The kernel's own packing of device numbers: twelve bits in the middle are the major number.
            long device = (minor & 0xff) | major << 8 | (minor & 0xfff00L) << 12;
            check(Syscall.call(scratch, Syscall.MKNODAT, fd(), name(scratch, name), mode, device), "mknod", name);
        }
    }

    public void chown(String name, int uid, int gid) {
        try (Scratch scratch = Scratch.borrow()) {
            long result = Syscall.call(
                    scratch, Syscall.FCHOWNAT, fd(), name(scratch, name), uid, gid, FileCalls.AT_SYMLINK_NOFOLLOW);
            check(result, "chown", name);
        }
    }

    /** Sets exactly these twelve mode bits; ENOTSUP for a link, which has none. */
    public void chmod(String name, int mode) {
        try (Scratch scratch = Scratch.borrow()) {
            int nofollow = FileCalls.AT_SYMLINK_NOFOLLOW;
            long result = Syscall.call(scratch, Syscall.FCHMODAT2, fd(), name(scratch, name), mode, nofollow);
            if (result == -Errno.ENOSYS) {
                result = chmodByDescriptor(scratch, name, mode);
            }
            check(result, "chmod", name);
        }
    }

    /** For kernels before 6.6: pins the file first, so that nobody can put a link in its place. */
    private long chmodByDescriptor(Scratch scratch, String name, int mode) {
        int flags = FileCalls.O_PATH | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC;
        long pinned = Syscall.call(scratch, Syscall.OPENAT, fd(), name(scratch, name), flags, 0);
        if (pinned < 0) {
            return pinned;
        }
        try {
            if (FileCalls.status((int) pinned, subject(name)).isLink()) {
                return -Errno.ENOTSUP;
            }
            return Syscall.call(
                    scratch, Syscall.FCHMODAT, FileCalls.AT_FDCWD, scratch.text("/proc/self/fd/" + pinned), mode);
        } finally {
            Syscall.close((int) pinned);
        }
    }

    /** Sets both the access and the modification time, of a link itself too. */
    public void utimes(String name, long seconds, int nanos) {
        try (Scratch scratch = Scratch.borrow()) {
            long file = name(scratch, name);
            long times = FileCalls.times(scratch, seconds, nanos);
            check(
                    Syscall.call(scratch, Syscall.UTIMENSAT, fd(), file, times, FileCalls.AT_SYMLINK_NOFOLLOW),
                    "utimes",
                    name);
        }
    }

    public void setxattr(String name, String attribute, byte[] value) {
        try (Scratch scratch = Scratch.borrow()) {
            long file = scratch.text(pathOf(name));
            long key = scratch.text(attribute);
            long bytes = scratch.bytes(value);
            check(Syscall.call(scratch, Syscall.LSETXATTR, file, key, bytes, value.length, 0), "setxattr", name);
        }
    }

    /** ENODATA if there is no such attribute. */
    public void removexattr(String name, String attribute) {
        try (Scratch scratch = Scratch.borrow()) {
            long file = scratch.text(pathOf(name));
            check(Syscall.call(scratch, Syscall.LREMOVEXATTR, file, scratch.text(attribute)), "removexattr", name);
        }
    }

    /** All extended attributes that this process may see, sorted by name; empty where the file system has none. */
    public Map<String, byte[]> getxattrs(String name) {
        return FileCalls.xattrs(pathOf(name), subject(name));
    }

    /** Null if there is no such name. */
    public @Nullable FileStatus stat(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            return FileCalls.status(scratch, fd(), name(scratch, name), FileCalls.AT_SYMLINK_NOFOLLOW, subject(name));
        }
    }

    /** Where a link points to; EINVAL for anything else. */
    public String readlink(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            return FileCalls.readlink(scratch, fd(), name(scratch, name), subject(name));
        }
    }

    /** The names in this directory, sorted; EILSEQ if one is not UTF-8. */
    public List<String> list() {
        return FileCalls.names(fd(), path);
    }

    public void unlink(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.UNLINKAT, fd(), name(scratch, name), 0), "unlink", name);
        }
    }

    public void rmdir(String name) {
        try (Scratch scratch = Scratch.borrow()) {
            int flags = FileCalls.AT_REMOVEDIR;
            check(Syscall.call(scratch, Syscall.UNLINKAT, fd(), name(scratch, name), flags), "rmdir", name);
        }
    }

    /** rename(2): replaces what has the new name if it is of a kind that can be replaced. */
    public void rename(String name, DirectoryHandle to, String newName) {
        try (Scratch scratch = Scratch.borrow()) {
            long old = name(scratch, name);
            check(
                    Syscall.call(scratch, Syscall.RENAMEAT2, fd(), old, to.fd(), name(scratch, newName), 0),
                    "rename",
                    name);
        }
    }

    /** Gives each of two names what the other one had, in one step (renameat2(2), RENAME_EXCHANGE); both must exist. */
    public void exchange(String name, DirectoryHandle other, String otherName) {
        try (Scratch scratch = Scratch.borrow()) {
            long mine = name(scratch, name);
            long result = Syscall.call(
                    scratch, Syscall.RENAMEAT2, fd(), mine, other.fd(), name(scratch, otherName), RENAME_EXCHANGE);
            check(result, "exchange", name);
        }
    }

    /**
     * Deletes a file, or a directory with all it contains; missing is fine. Links are deleted, never followed. EXDEV or EBUSY if
     * something is mounted inside, which is left as it is, together with what has not been deleted by then.
     */
    public void deleteTree(String name) {
        TreeRemoval.remove(fd(), checked(name).getBytes(StandardCharsets.UTF_8), subject(name));
    }

    /** Of this directory itself. */
    public FileStatus stat() {
        return FileCalls.status(fd(), path);
    }

    /** Whether nothing can be written here because its mount or its file system is read-only; fstatfs(2). */
    public boolean isReadOnly() {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area statfs = scratch.area(STATFS_SIZE);
            Syscall.check(Syscall.call(scratch, Syscall.FSTATFS, fd(), statfs.address()), "statfs", path);
            return (statfs.getLong(STATFS_FLAGS) & ST_RDONLY) != 0;
        }
    }

    /** Of this directory itself. */
    public void chown(int uid, int gid) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.FCHOWN, fd(), uid, gid), "chown", path);
        }
    }

    /** Of this directory itself. */
    public void chmod(int mode) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.FCHMOD, fd(), mode), "chmod", path);
        }
    }

    /** Of this directory itself. */
    public void utimes(long seconds, int nanos) {
        try (Scratch scratch = Scratch.borrow()) {
            long times = FileCalls.times(scratch, seconds, nanos);
            Syscall.check(Syscall.call(scratch, Syscall.UTIMENSAT, fd(), 0, times, 0), "utimes", path);
        }
    }

    /** Of this directory itself. */
    public void setxattr(String attribute, byte[] value) {
        try (Scratch scratch = Scratch.borrow()) {
            long key = scratch.text(attribute);
            long bytes = scratch.bytes(value);
            Syscall.check(
                    Syscall.call(scratch, Syscall.FSETXATTR, fd(), key, bytes, value.length, 0), "setxattr", path);
        }
    }

    /** Of this directory itself. */
    public Map<String, byte[]> getxattrs() {
        return FileCalls.xattrs("/proc/self/fd/" + fd() + "/.", path);
    }

    /**
     * flock(2) of this directory until it is closed, against others who do the same: any number of them may share it. Never waits.
     *
     * @return whether it is locked now
     */
    public boolean tryLock(boolean shared) {
        try (Scratch scratch = Scratch.borrow()) {
            long result = Syscall.call(scratch, Syscall.FLOCK, fd(), (shared ? LOCK_SH : LOCK_EX) | LOCK_NB);
            return result != -Errno.EAGAIN && Syscall.check(result, "flock", path) == 0;
        }
    }

    /** fsync(2) of the directory: names made, renamed and removed are on disk afterwards. */
    public void sync() {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.FSYNC, fd()), "fsync", path);
        }
    }

    /** syncfs(2): everything on the directory's file system is on disk afterwards. */
    public void syncFileSystem() {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.SYNCFS, fd()), "syncfs", path);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscall.close(fd);
        }
    }

    /** As it was opened, for error messages. */
    String path() {
        return path;
    }

    /** The path of a file in this directory for error messages. */
    String subject(String name) {
        return path + "/" + name;
    }

    int fd() {
        if (closed) {
            throw new IllegalStateException(path + " is closed");
        }
        return fd;
    }

    /** A path to this very directory, for this process. */
    String descriptorPath() {
        return "/proc/self/fd/" + fd() + "/.";
    }

    /** A path that leads to the file even if this directory has been moved; for calls that take no descriptor. */
    private String pathOf(String name) {
        return "/proc/self/fd/" + fd() + "/" + checked(name);
    }

    private static long name(Scratch scratch, String name) {
        return scratch.text(checked(name));
    }

    private static String checked(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0 || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("not a file name: \"" + name.replace('\0', '?') + "\"");
        }
        return name;
    }

    private long check(long result, String call, String name) {
        return result < 0 ? Syscall.check(result, call, subject(name)) : result;
    }
}
