package cairn.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** A regular file that is open for reading. One thread at a time. */
public final class FileInput extends InputStream {
    private final int fd;
    private final String subject;
    private final FileStatus status;
    private boolean closed;

    FileInput(int fd, String subject, FileStatus status) {
        this.fd = fd;
        this.subject = subject;
        this.status = status;
    }

    /** As it was when the file was opened; of this very file, whatever has become of its name. */
    public FileStatus status() {
        return status;
    }

    int fd() {
        return fd;
    }

    /** A channel of its own to the same file, at its start; to be closed. */
    public FileChannel channel() throws IOException {
        return FileChannel.open(Path.of("/proc/self/fd/" + fd), StandardOpenOption.READ);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException(subject + " is closed");
        }
        if (length == 0) {
            return 0;
        }
        try (Scratch scratch = Scratch.borrow()) {
            Scratch.Area buffer = scratch.area(Math.min(length, Scratch.MAX_AREA));
            int read = (int) Syscall.check(
                    Syscall.call(scratch, Syscall.READ, fd, buffer.address(), buffer.size()), "read", subject);
            buffer.get(bytes, offset, read);
            return read == 0 ? -1 : read;
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Syscall.close(fd);
        }
    }
}
