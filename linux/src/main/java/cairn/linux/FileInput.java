package cairn.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A regular file that is open for reading. One thread at a time. */
public final class FileInput extends InputStream {
    private final int fd;
    private final String subject;
    private @Nullable FileStatus status;
    private boolean closed;

    /** @param status null to ask for it when it is wanted */
    FileInput(int fd, String subject, @Nullable FileStatus status) {
        this.fd = fd;
        this.subject = subject;
        this.status = status;
    }

    /** As it was when the file was opened, or is now; of this very file, whatever has become of its name. */
    public FileStatus status() {
        FileStatus known = status;
        if (known == null) {
            known = FileCalls.status(fd, subject);
            status = known;
        }
        return known;
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

    /** Fewer bytes than asked for are the last. */
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
            int done = 0;
            int asked;
            int read;
            do {
                asked = Math.min(length - done, buffer.size());
                read = (int) Syscall.check(
                        Syscall.call(scratch, Syscall.READ, fd, buffer.address(), asked), "read", subject);
                buffer.get(bytes, offset + done, read);
                done += read;
            } while (read == asked && done < length);
            return done == 0 ? -1 : done;
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
