package cairn.daemon;

import java.io.IOException;
import java.io.OutputStream;

/** Collects log records into large writes; a reader who follows gets them at once through {@link #flush}. */
final class BatchedOutput {
    private static final int SIZE = 64 * 1024;

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE];
    private int used;

    BatchedOutput(OutputStream out) {
        this.out = out;
    }

    /** One frame of Docker's multiplexed stream; 1 is stdout, 2 stderr. */
    void frame(int stream, byte[] payload) throws IOException {
        int length = payload.length;
        write(new byte[] {
            (byte) stream, 0, 0, 0, (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
        });
        write(payload);
    }

    void write(byte[] bytes) throws IOException {
        if (bytes.length > SIZE - used) {
            flush();
        }
        if (bytes.length > SIZE) {
            out.write(bytes);
            return;
        }
        System.arraycopy(bytes, 0, buffer, used, bytes.length);
        used += bytes.length;
    }

    void flush() throws IOException {
        if (used > 0) {
            out.write(buffer, 0, used);
            used = 0;
        }
        out.flush();
    }
}
