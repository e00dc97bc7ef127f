package cairn.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/** An open file for writing. One thread at a time. */
public final class FileHandle implements AutoCloseable {
    private static final long FICLONE = 0x40049409L;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final int fd;
    private final DirectoryHandle directory;
    private final String name;
    private boolean closed;

    FileHandle(int fd, DirectoryHandle directory, String name) {
        this.fd = fd;
        this.directory = directory;
        this.name = name;
    }

    /** Writes all bytes of the segment, which must be native memory. */
    public void write(MemorySegment bytes) {
        try (Scratch scratch = Scratch.borrow()) {
            for (long done = 0; done < bytes.byteSize(); ) {
                done += check(Syscall.transfer(scratch, Syscall.WRITE, fd(), bytes.asSlice(done)), "write");
            }
        }
    }

    /** Writes the remaining bytes and moves the position to the limit. */
    public void write(ByteBuffer bytes) {
        if (bytes.isDirect()) {
            write(MemorySegment.ofBuffer(bytes));
            bytes.position(bytes.limit());
            return;
        }
        // Bytes on the heap may move during a call, so that they go through native memory.
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area area = scratch.area(Math.min(bytes.remaining(), Scratch.MAX_AREA));
            while (bytes.hasRemaining()) {
                int part = Math.min(bytes.remaining(), area.size());
                area.put(bytes, bytes.position(), part);
                bytes.position(bytes.position() + write(scratch, area, part));
            }
        }
    }

    public void write(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area area = scratch.area(Math.min(length, Scratch.MAX_AREA));
            for (int done = 0; done < length; ) {
                int part = Math.min(length - done, area.size());
                area.put(bytes, offset + done, part);
                done += write(scratch, area, part);
            }
        }
    }

    private int write(Scratch scratch, Scratch.Area area, int length) {
        return (int) check(Syscall.call(scratch, Syscall.WRITE, fd(), area.address(), length), "write");
    }

    /** Sets exactly these twelve mode bits, whatever the umask. */
    public void chmod(int mode) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.FCHMOD, fd(), mode), "chmod");
        }
    }

    /** Takes away the set-user-id and set-group-id bits, so that it comes before {@link #chmod}. */
    public void chown(int uid, int gid) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.FCHOWN, fd(), uid, gid), "chown");
        }
    }

    /** Sets both the access and the modification time; a later write changes the latter again. */
    public void utimes(long seconds, int nanos) {
        try (Scratch scratch = Scratch.borrow()) {
            long times = FileCalls.times(scratch, seconds, nanos);
            check(Syscall.call(scratch, Syscall.UTIMENSAT, fd(), 0, times, 0), "utimes");
        }
    }

    public void setxattr(String attribute, byte[] value) {
        try (Scratch scratch = Scratch.borrow()) {
            long name = scratch.text(attribute);
            long bytes = scratch.bytes(value);
            check(Syscall.call(scratch, Syscall.FSETXATTR, fd(), name, bytes, value.length, 0), "setxattr");
        }
    }

    /**
     * Makes this file, which is new, a copy of another one: sharing its blocks where the file system can (ioctl_ficlone(2)), else byte by
     * byte, holes staying holes.
     *
     * @return whether the blocks are shared
     */
    public boolean copyFrom(FileInput source) {
        try (Scratch scratch = Scratch.borrow()) {
            long size = source.status().size();
            if (size == 0) {
                return false;
            }
            if (Syscall.call(scratch, Syscall.IOCTL, fd(), FICLONE, source.fd()) == 0) {
                return true;
            }
            long position = 0;
            while (position < size) {
                long data = Syscall.call(scratch, Syscall.LSEEK, source.fd(), position, SEEK_DATA);
                if (data == -Errno.ENXIO) {
                    break; // Nothing but a hole from here on.
                }
                // A file system that knows no holes says EINVAL.
                long start = data < 0 ? position : data;
                long hole = Syscall.call(scratch, Syscall.LSEEK, source.fd(), start, SEEK_HOLE);
                long end = hole < 0 ? size : hole;
                copy(scratch, source, start, end);
                position = Math.max(end, start + 1);
            }
            check(Syscall.call(scratch, Syscall.FTRUNCATE, fd(), size), "truncate");
            return false;
        }
    }

    private void copy(Scratch scratch, FileInput source, long start, long end) {
        check(Syscall.call(scratch, Syscall.LSEEK, source.fd(), start, 0), "seek");
        check(Syscall.call(scratch, Syscall.LSEEK, fd(), start, 0), "seek");
        boolean inKernel = true;
        Scratch.Area buffer = null;
        for (long left = end - start; left > 0; ) {
            long done;
            if (inKernel) {
                done = Syscall.call(
                        scratch, Syscall.COPY_FILE_RANGE, source.fd(), 0, fd(), 0, Math.min(left, 1 << 30), 0);
                if (done < 0 && done != -Errno.ENOSPC && done != -Errno.EDQUOT && done != -Errno.EIO) {
                    inKernel = false; // Other file systems, or ones that cannot.
                    continue;
                }
                check(done, "copy");
            } else {
                if (buffer == null) {
                    buffer = scratch.area(Scratch.MAX_AREA);
                }
                done = Syscall.call(
                        scratch, Syscall.READ, source.fd(), buffer.address(), Math.min(left, buffer.size()));
                check(done, "read");
                for (long written = 0; written < done; ) {
                    written += check(
                            Syscall.call(scratch, Syscall.WRITE, fd(), buffer.address() + written, done - written),
                            "write");
                }
            }
            if (done == 0) {
                return; // It has become shorter meanwhile.
            }
            left -= done;
        }
    }

    /** Extends or cuts the file; a longer one has a hole at its end. */
    public void truncate(long size) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.FTRUNCATE, fd(), size), "truncate");
        }
    }

    /** Moves the position for the next write, also beyond the end. */
    public void seek(long position) {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.LSEEK, fd(), position, 0), "seek");
        }
    }

    /**
     * Writes the content to its place on the disk and waits for that; sync_file_range(2). What the file is called, and that it has a content,
     * is on disk only with the next sync of anything on a journalling file system; but a name given later never comes without the content.
     */
    public void writeOut() {
        FileCalls.writeOut(fd(), directory.subject(name));
    }

    /** fsync(2). */
    public void sync() {
        try (Scratch scratch = Scratch.borrow()) {
            check(Syscall.call(scratch, Syscall.FSYNC, fd()), "fsync");
        }
    }

    public long size() {
        return FileCalls.status(fd(), directory.subject(name)).size();
    }

    private int fd() {
        if (closed) {
            throw new IllegalStateException(directory.subject(name) + " is closed");
        }
        return fd;
    }

    private long check(long result, String call) {
        return result < 0 ? Syscall.check(result, call, directory.subject(name)) : result;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscall.close(fd);
        }
    }
}
