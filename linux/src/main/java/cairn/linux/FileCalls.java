package cairn.linux;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@link DirectoryHandle}, {@link FileHandle} and {@link InRoot} have in common: flags, structures and reading loops. */
final class FileCalls {
    private static final int SYNC_FILE_RANGE_WAIT_BEFORE = 1;
    private static final int SYNC_FILE_RANGE_WRITE = 2;
    private static final int SYNC_FILE_RANGE_WAIT_AFTER = 4;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_CREAT = 0100;
    static final int O_EXCL = 0200;
    static final int O_NOCTTY = 0400;
    static final int O_NONBLOCK = 04000;
    static final int O_CLOEXEC = 02000000;
    static final int O_PATH = 010000000;
    static final int O_DIRECTORY = Native.AARCH64 ? 040000 : 0200000;
    static final int O_NOFOLLOW = Native.AARCH64 ? 0100000 : 0400000;

    static final long RESOLVE_NO_XDEV = 0x01;
    static final long RESOLVE_NO_MAGICLINKS = 0x02;
    static final long RESOLVE_NO_SYMLINKS = 0x04;
    static final long RESOLVE_BENEATH = 0x08;
    static final long RESOLVE_IN_ROOT = 0x10;

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_REMOVEDIR = 0x200;
    static final int AT_NO_AUTOMOUNT = 0x800;
    static final int AT_EMPTY_PATH = 0x1000;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_MNT_ID = 0x1000;
    private static final int STATX_SIZE = 256;

    /** A rename elsewhere makes openat2(2) give up on {@code ..} with EAGAIN; it succeeds as soon as none interferes. */
    private static final int OPEN_ATTEMPTS = 1000;

    private FileCalls() {}

    /** openat2(2); the result may be a negative errno. */
    static long open(Scratch scratch, int directory, long path, int flags, long resolve) {
        // struct open_how: flags, mode, resolve.
        Scratch.Area how = scratch.area(24);
        how.putLong(0, flags | O_CLOEXEC);
        how.putLong(8, 0);
        how.putLong(16, resolve);
        long result = -Errno.EAGAIN;
        for (int i = 0; i < OPEN_ATTEMPTS && result == -Errno.EAGAIN; i++) {
            result = Syscall.call(scratch, Syscall.OPENAT2, directory, path, how.address(), how.size());
        }
        return result;
    }

    /** statx(2); null on ENOENT. The path is a C string in the scratch memory. */
    static @Nullable FileStatus status(Scratch scratch, int directory, long path, int flags, String subject) {
        Scratch.Area buffer = scratch.area(STATX_SIZE);
        long result = Syscall.call(
                scratch,
                Syscall.STATX,
                directory,
                path,
                flags | AT_NO_AUTOMOUNT,
                STATX_BASIC_STATS | STATX_MNT_ID,
                buffer.address());
        if (result == -Errno.ENOENT) {
            return null;
        }
        Syscall.check(result, "stat", subject);
        return status(buffer);
    }

    /** Of an open descriptor. */
    static FileStatus status(int fd, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            FileStatus status = status(scratch, fd, scratch.text(""), AT_EMPTY_PATH, subject);
            if (status == null) {
                throw new LinuxException("stat", subject, Errno.ENOENT);
            }
            return status;
        }
    }

    private static FileStatus status(Scratch.Area statx) {
        return new FileStatus(
                statx.getShort(28),
                statx.getInt(20),
                statx.getInt(24),
                statx.getLong(40),
                statx.getLong(112),
                statx.getInt(120),
                statx.getLong(96),
                statx.getInt(104),
                statx.getInt(136),
                statx.getInt(140),
                statx.getLong(32),
                statx.getInt(16),
                statx.getInt(128),
                statx.getInt(132),
                statx.getLong(48),
                statx.getLong(144));
    }

    /** See {@link FileHandle#writeOut}. */
    static void writeOut(int fd, String subject) {
        int flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.SYNC_FILE_RANGE, fd, 0, 0, flags), "sync_file_range", subject);
        }
    }

    /** Of an open link. */
    static String readlink(int fd, String subject) {
        if (!status(fd, subject).isLink()) {
            throw new LinuxException("readlink", subject, Errno.EINVAL);
        }
        try (Scratch scratch = Scratch.borrow()) {
            return readlink(scratch, fd, scratch.text(""), subject);
        }
    }

    static String readlink(Scratch scratch, int directory, long path, String subject) {
        Scratch.Area buffer = scratch.area(4096);
        long length = Syscall.call(scratch, Syscall.READLINKAT, directory, path, buffer.address(), buffer.size());
        Syscall.check(length, "readlink", subject);
        return decode(buffer.bytes(0, (int) length), "readlink", subject);
    }

    /** UTF-8, strictly; EILSEQ otherwise, with the bytes that are not ASCII as escapes. */
    static String decode(byte[] bytes, String call, String subject) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            LinuxException failure = new LinuxException(call, subject + " (" + escape(bytes) + ")", Errno.EILSEQ);
            failure.initCause(e);
            throw failure;
        }
    }

    static String escape(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            if (b >= 0x20 && b < 0x7f) {
                text.append((char) b);
            } else {
                text.append("\\x").append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
            }
        }
        return text.toString();
    }

    /** A name as the kernel has it, and its DT type. */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(byte[] name, int type) {
        static final int DT_DIR = 4;
    }

    /** The next names of an open directory without {@code .} and {@code ..}; empty at its end. */
    static List<Entry> entries(Scratch scratch, int fd, String subject) {
        scratch.reset();
        Scratch.Area buffer = scratch.area(32 * 1024);
        List<Entry> found = new ArrayList<>();
        while (found.isEmpty()) {
            int filled = (int) Syscall.check(
                    Syscall.call(scratch, Syscall.GETDENTS64, fd, buffer.address(), buffer.size()),
                    "read directory",
                    subject);
            if (filled == 0) {
                return found;
            }
            collect(buffer, filled, found);
        }
        return found;
    }

    private static void collect(Scratch.Area buffer, int filled, List<Entry> found) {
        // struct linux_dirent64: inode, position, length of the record at 16, type at 18, name at 19.
        int at = 0;
        while (at < filled) {
            byte[] name = buffer.string(at + 19);
            if (!isDots(name)) {
                found.add(new Entry(name, buffer.getByte(at + 18)));
            }
            at += buffer.getShort(at + 16);
        }
    }

    private static boolean isDots(byte[] name) {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    /** All names of an open directory from its start, sorted. */
    static List<String> names(int fd, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            Syscall.check(Syscall.call(scratch, Syscall.LSEEK, fd, 0, 0), "read directory", subject);
            List<String> names = new ArrayList<>();
            List<Entry> batch = entries(scratch, fd, subject);
            while (!batch.isEmpty()) {
                for (Entry entry : batch) {
                    names.add(decode(entry.name(), "read directory", subject));
                }
                batch = entries(scratch, fd, subject);
            }
            names.sort(null);
            return names;
        }
    }

    /** The names in a directory of the host; null if it is not there. */
    static @Nullable List<String> names(String directory) {
        int fd = openHost(directory, O_RDONLY | O_DIRECTORY);
        if (fd < 0) {
            return null;
        }
        try {
            return names(fd, directory);
        } finally {
            Syscall.close(fd);
        }
    }

    /** A whole file of the host, mostly of procfs; null if it is not there or its process is gone. */
    static byte @Nullable [] read(String path) {
        int fd = openHost(path, O_RDONLY);
        if (fd < 0) {
            return null;
        }
        try {
            return read(fd, Integer.MAX_VALUE - 16, path);
        } catch (LinuxException e) {
            if (e.errno() == Errno.ESRCH || e.errno() == Errno.ENODEV) {
                return null;
            }
            throw e;
        } finally {
            Syscall.close(fd);
        }
    }

    private static int openHost(String path, int flags) {
        try (Scratch scratch = Scratch.borrow()) {
            long fd = Syscall.call(scratch, Syscall.OPENAT, AT_FDCWD, scratch.text(path), flags | O_CLOEXEC, 0);
            if (fd == -Errno.ENOENT || fd == -Errno.ESRCH) {
                return -1;
            }
            return (int) Syscall.check(fd, "open", path);
        }
    }

    /** Reads from here to the end; EFBIG if there is more than the limit. */
    static byte[] read(int fd, int limit, String subject) {
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area buffer = scratch.area(Scratch.MAX_AREA);
            byte[] content = new byte[0];
            int length = 0;
            while (true) {
                int read = (int) Syscall.check(
                        Syscall.call(scratch, Syscall.READ, fd, buffer.address(), buffer.size()), "read", subject);
                if (read == 0) {
                    return Arrays.copyOf(content, length);
                }
                if (read > limit - length) {
                    throw new LinuxException("read", subject, Errno.EFBIG);
                }
                if (read > content.length - length) {
                    content = Arrays.copyOf(content, (int) Math.min(limit, 2L * (length + read)));
                }
                buffer.get(content, length, read);
                length += read;
            }
        }
    }

    /** Opens for reading what an O_PATH descriptor stands for if it is a regular file. Always closes that descriptor. */
    static FileInput openRegular(int handle, String subject) {
        // Only now that it is known to be a regular file may it be opened: opening a device or a FIFO can do things or
        // wait.
        try (Scratch scratch = Scratch.borrow()) {
            FileStatus status = status(handle, subject);
            if (!status.isRegular()) {
                throw new LinuxException("open", subject, wrongKind(status));
            }
            long path = scratch.text("/proc/self/fd/" + handle);
            int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
            int fd = (int)
                    Syscall.check(Syscall.call(scratch, Syscall.OPENAT, AT_FDCWD, path, flags, 0), "open", subject);
            return new FileInput(fd, subject, status);
        } finally {
            Syscall.close(handle);
        }
    }

    private static int wrongKind(FileStatus status) {
        if (status.isDirectory()) {
            return Errno.EISDIR;
        }
        return status.isLink() ? Errno.ELOOP : Errno.EINVAL;
    }

    /** The attributes of the file behind a path whose last component is not followed. */
    static Map<String, byte[]> xattrs(String path, String subject) {
        Map<String, byte[]> found = new TreeMap<>();
        try (Scratch scratch = Scratch.borrow()) {
            for (String attribute : xattrNames(scratch, path, subject)) {
                scratch.reset();
                long file = scratch.text(path);
                long name = scratch.text(attribute);
                Scratch.Area buffer = scratch.area(Scratch.MAX_AREA);
                long length = Syscall.call(scratch, Syscall.LGETXATTR, file, name, buffer.address(), buffer.size());
                if (length != -Errno.ENODATA) {
                    Syscall.check(length, "getxattr", subject);
                    found.put(attribute, buffer.bytes(0, (int) length));
                }
            }
        }
        return found;
    }

    private static List<String> xattrNames(Scratch scratch, String path, String subject) {
        long file = scratch.text(path);
        Scratch.Area buffer = scratch.area(Scratch.MAX_AREA);
        long length = Syscall.call(scratch, Syscall.LLISTXATTR, file, buffer.address(), buffer.size());
        if (length == -Errno.ENOTSUP) {
            return List.of();
        }
        Syscall.check(length, "listxattr", subject);
        List<String> names = new ArrayList<>();
        for (int at = 0; at < length; ) {
            byte[] name = buffer.string(at);
            names.add(decode(name, "listxattr", subject));
            at += name.length + 1;
        }
        return names;
    }

    /** Two timespecs for utimensat(2), access and modification alike. */
    static long times(Scratch scratch, long seconds, int nanos) {
        Scratch.Area times = scratch.area(32);
        for (int i = 0; i < 2; i++) {
            times.putLong(16 * i, seconds);
            times.putLong(16 * i + 8, nanos);
        }
        return times.address();
    }
}
