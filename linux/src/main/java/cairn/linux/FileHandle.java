package cairn.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** An open file for writing. One thread at a time. */
@SuppressWarnings("DoNotCallSuggester")
public final class FileHandle implements AutoCloseable {
    private FileHandle() {}

    /** Writes all bytes of the segment, which must be native memory. */
    public void write(MemorySegment bytes) {
        throw new UnsupportedOperationException();
    }

    /** Writes the remaining bytes and moves the position to the limit. */
    public void write(ByteBuffer bytes) {
        throw new UnsupportedOperationException();
    }

    public void write(byte[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /** Sets exactly these twelve mode bits, whatever the umask. */
    public void chmod(int mode) {
        throw new UnsupportedOperationException();
    }

    public void chown(int uid, int gid) {
        throw new UnsupportedOperationException();
    }

    /** Sets both the access and the modification time. */
    public void utimes(long seconds, int nanos) {
        throw new UnsupportedOperationException();
    }

    public void setxattr(String attribute, byte[] value) {
        throw new UnsupportedOperationException();
    }

    /** Extends or cuts the file; a longer one has a hole at its end. */
    public void truncate(long size) {
        throw new UnsupportedOperationException();
    }

    /** fsync(2). */
    public void sync() {
        throw new UnsupportedOperationException();
    }

    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
