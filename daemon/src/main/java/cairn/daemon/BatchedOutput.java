package cairn.daemon;

import java.io.IOException;
import java.io.OutputStream;

/** Collects log records into large writes; a reader who follows gets them at once through {@link #flush}. */
final class BatchedOutput {
    private static final int SIZE = 128 * 1024;
    private static final int HEAD = 8;

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE];
    private int used;

    BatchedOutput(OutputStream out) {
        this.out = out;
    }

    /** The head of a frame of Docker's multiplexed stream; 1 is stdout, 2 stderr. */
    void head(int stream, int length) throws IOException {
        if (HEAD > SIZE - used) {
            flush();
        }
        buffer[used] = (byte) stream;
        buffer[used + 1] = 0;
        buffer[used + 2] = 0;
        buffer[used + 3] = 0;
        buffer[used + 4] = (byte) (length >> 24);
        buffer[used + 5] = (byte) (length >> 16);
        buffer[used + 6] = (byte) (length >> 8);
        buffer[used + 7] = (byte) length;
        used += HEAD;
    }

    void write(byte[] bytes, int start, int length) throws IOException {
        if (length > SIZE - used) {
            flush();
        }
        if (length > SIZE) {
            out.write(bytes, start, length);
            return;
        }
        System.arraycopy(bytes, start, buffer, used, length);
        used += length;
    }

    void flush() throws IOException {
        if (used > 0) {
            out.write(buffer, 0, used);
            used = 0;
        }
        out.flush();
    }
}
