package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Plain bytes under the limits of {@link LayerCompression.Limits}. */
final class GuardedInput extends InputStream {
    private final InputStream plain;
    private final @Nullable Counted compressed;
    private final LayerCompression.Limits limits;
    private long total;

    /** @param compressed where {@code plain} comes from; null where it is not compressed */
    GuardedInput(InputStream plain, @Nullable Counted compressed, LayerCompression.Limits limits) {
        this.plain = plain;
        this.compressed = compressed;
        this.limits = limits;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = plain.read(buffer, offset, length);
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

    /** Counts what is read through it. */
    static final class Counted extends InputStream {
        private final InputStream in;
        private long total;

        Counted(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            total += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            total += Math.max(0, n);
            return n;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
