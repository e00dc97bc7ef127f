package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;

/** How a layer or an archive is compressed. */
public enum LayerCompression {
    NONE,
    GZIP,
    ZSTD;

    /** What the first bytes of a stream say; fewer than four bytes are {@link #NONE}. */
    public static LayerCompression detect(byte[] head, int length) {
        return cairn.oci.Todo.todo();
    }

    /** The plain bytes of {@code in}, whatever it is compressed with, within the default limits. */
    public static InputStream decompress(InputStream in) throws IOException {
        return decompress(in, Limits.DEFAULT);
    }

    /**
     * The plain bytes of {@code in}, whatever it is compressed with.
     *
     * @return a stream whose reads throw a {@link TarException} once a limit is passed or the compressed data is broken
     */
    public static InputStream decompress(InputStream in, Limits limits) throws IOException {
        return cairn.oci.Todo.todo();
    }

    /**
     * What compressed data may grow to.
     *
     * @param ratio plain bytes for each compressed byte, once more than {@code ratioAfterBytes} came out
     * @param maxBytes plain bytes at all
     */
    public record Limits(int ratio, long ratioAfterBytes, long maxBytes) {
        public static final Limits DEFAULT = new Limits(200, 10 << 20, 1L << 40);
    }
}
