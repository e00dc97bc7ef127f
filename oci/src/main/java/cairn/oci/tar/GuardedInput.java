package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Plain bytes under the limits of {@link LayerCompression.Limits}. */
final class GuardedInput extends DirectInput {
    private final DirectInput plain;
    private final @Nullable Counted compressed;
    private final LayerCompression.Limits limits;
    private long total;

    /** @param compressed where {@code plain} comes from; null where it is not compressed */
    GuardedInput(InputStream plain, @Nullable Counted compressed, LayerCompression.Limits limits) {
        this.plain = DirectInput.of(plain);
        this.compressed = compressed;
        this.limits = limits;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int n = plain.read(target);
        if (n > 0) {
            total += n;
            check();
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }

    private void check() throws TarException {
        if (total > limits.maxBytes()) {
            throw new TarException("archive is larger than " + limits.maxBytes() + " bytes");
        }
        if (compressed != null && total > limits.ratioAfterBytes() && total / limits.ratio() > compressed.total) {
            throw new TarException("compressed data grows to more than " + limits.ratio() + " times its size");
        }
    }

    /** Counts what is read through it, and knows whether that went well. */
    static final class Counted extends InputStream {
        private final InputStream in;
        private long total;
        private boolean failed;

        Counted(InputStream in) {
            this.in = in;
        }

        /** Whether the last read threw. */
        boolean hasFailed() {
            return failed;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            failed = true;
            int n = in.read(buffer, offset, length);
            failed = false;
            total += Math.max(0, n);
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
