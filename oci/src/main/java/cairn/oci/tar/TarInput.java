package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/** The bytes of an archive: buffered, counted against the limit on the whole, and shown to the listener. */
final class TarInput {
    static final int BLOCK = 512;
    private static final int BUFFER = 64 << 10;

    private final InputStream in;
    private final long maxBytes;
    private final TarReader.@Nullable RawListener listener;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;
    private long total;

    TarInput(InputStream in, long maxBytes, TarReader.@Nullable RawListener listener) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.listener = listener;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Where the next 512 bytes stand in {@link #buffer}; -1 at the end of the input. Shown to the listener. */
    int block() throws IOException {
        while (limit - position < BLOCK) {
            if (!fill()) {
                if (limit == position) {
                    return -1;
                }
                throw new TarException("archive ends within a header");
            }
        }
        int at = position;
        show(at, BLOCK);
        position += BLOCK;
        return at;
    }

    /** Reads content, which only {@code sum} is told of; -1 at the end of the input. */
    int content(byte[] target, int offset, int length, @Nullable Checksum sum) throws IOException {
        int n;
        if (limit > position) {
            n = Math.min(length, limit - position);
            System.arraycopy(buffer, position, target, offset, n);
            position += n;
        } else if (length >= BUFFER / 4) {
            n = in.read(target, offset, length);
            if (n < 0) {
                return -1;
            }
            count(n);
        } else {
            return fill() ? content(target, offset, length, sum) : -1;
        }
        if (sum != null) {
            sum.update(target, offset, n);
        }
        return n;
    }

    /** Passes over content; the bytes passed over, fewer than asked for only at the end of the input. */
    long skipContent(long length, @Nullable Checksum sum) throws IOException {
        long left = length;
        while (left > 0) {
            if (limit == position && sum == null && left > BUFFER) {
                // A file may be skipped beyond its end: the last byte has to be read to know that it is there.
                long n = in.skip(left - 1);
                count(n);
                left -= n;
            }
            if (limit == position && !fill()) {
                break;
            }
            int n = (int) Math.min(left, limit - position);
            if (sum != null) {
                sum.update(buffer, position, n);
            }
            position += n;
            left -= n;
        }
        return length - left;
    }

    /** Passes over bytes that the listener is shown; the bytes passed over, fewer than asked for only at the end of the input. */
    long skipRaw(long length) throws IOException {
        long left = length;
        while (left > 0 && (limit > position || fill())) {
            int n = (int) Math.min(left, limit - position);
            show(position, n);
            position += n;
            left -= n;
        }
        return length - left;
    }

    /** Reads bytes that the listener is shown too; the bytes read, fewer than asked for only at the end of the input. */
    int raw(byte[] target, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int n = content(target, offset + done, length - done, null);
            if (n < 0) {
                break;
            }
            if (listener != null) {
                listener.raw(target, offset + done, n);
            }
            done += n;
        }
        return done;
    }

    /** Counts bytes that are no bytes of the archive: holes of sparse files. */
    void count(long n) throws IOException {
        total += n;
        if (total > maxBytes || total < 0) {
            throw new TarException("archive is larger than " + maxBytes + " bytes");
        }
    }

    void close() throws IOException {
        in.close();
    }

    private void show(int at, int length) throws IOException {
        if (listener != null && length > 0) {
            listener.raw(buffer, at, length);
        }
    }

    private boolean fill() throws IOException {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        int n = in.read(buffer, limit, BUFFER - limit);
        if (n <= 0) {
            return false;
        }
        count(n);
        limit += n;
        return true;
    }
}
