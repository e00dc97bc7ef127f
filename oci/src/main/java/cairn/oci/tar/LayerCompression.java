package cairn.oci.tar;

import io.airlift.compress.v3.zstd.ZstdJavaInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/** How a layer or an archive is compressed. */
public enum LayerCompression {
    NONE,
    GZIP,
    BZIP2,
    XZ,
    ZSTD;

    /** How much of a file {@link #isLayer} looks at. */
    public static final int HEAD = 512;

    private static final int MAGIC = 4;

    /** Enough for {@code xz -9}, whose dictionary has 64 MiB. */
    private static final int XZ_MEMORY_KIB = 80 << 10;

    private static final int USTAR = 257;

    /** What the first bytes of a stream say; fewer than four bytes are {@link #NONE}. */
    public static LayerCompression detect(byte[] head, int length) {
        if (length < MAGIC) {
            return NONE;
        }
        int magic = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16 | (head[3] & 0xff) << 24;
        if ((magic & 0xff_ffff) == 0x08_8b1f) {
            return GZIP;
        }
        if ((magic & 0xff_ffff) == 0x68_5a42) {
            return BZIP2;
        }
        if (magic == 0x587a_37fd) {
            return XZ;
        }
        // A zstd stream may begin with a skippable frame (RFC 8878, 3.1.2).
        return magic == 0xfd2f_b528 || (magic & 0xffff_fff0) == 0x184d_2a50 ? ZSTD : NONE;
    }

    /** Whether a file begins as a layer does: compressed, or with a tar header (of ustar, PAX or GNU; older ones have no mark). */
    public static boolean isLayer(byte[] head, int length) {
        return detect(head, length) != NONE
                || (length >= HEAD
                        && head[USTAR] == 'u'
                        && head[USTAR + 1] == 's'
                        && head[USTAR + 2] == 't'
                        && head[USTAR + 3] == 'a'
                        && head[USTAR + 4] == 'r');
    }

    /** The plain bytes of {@code in}, whatever it is compressed with, within the default limits. */
    public static DirectInput decompress(InputStream in) throws IOException {
        return decompress(in, Limits.DEFAULT);
    }

    /**
     * The plain bytes of {@code in}, whatever it is compressed with.
     *
     * @return a stream whose reads throw a {@link TarException} once a limit is passed or the compressed data is broken; closes {@code in}
     */
    public static DirectInput decompress(InputStream in, Limits limits) throws IOException {
        return decompress(in, limits, LayerCodec.JDK);
    }

    /** As above, with a codec other than the JDK's. */
    public static DirectInput decompress(InputStream in, Limits limits, LayerCodec codec) throws IOException {
        byte[] head = new byte[MAGIC];
        int length = in.readNBytes(head, 0, MAGIC);
        DirectInput whole = DirectInput.of(ByteBuffer.wrap(head, 0, length), in);
        LayerCompression kind = detect(head, length);
        if (kind == NONE) {
            return new GuardedInput(whole, null, limits);
        }
        GuardedInput.Counted compressed = new GuardedInput.Counted(whole);
        return new GuardedInput(kind.decoder(compressed, codec), compressed, limits);
    }

    private InputStream decoder(GuardedInput.Counted compressed, LayerCodec codec) throws IOException {
        return switch (this) {
            case NONE -> compressed;
            case GZIP -> new GzipInput(compressed, codec);
            case BZIP2 -> new ForeignDecoder("bzip2", compressed, in -> new BZip2CompressorInputStream(in, true));
            case XZ -> new ForeignDecoder("xz", compressed, in -> new XZInputStream(in, XZ_MEMORY_KIB));
            // The Java decoder: its window is at most 8 MiB, so that no frame makes it allocate more.
            case ZSTD -> new ForeignDecoder("zstd", compressed, in -> new ZstdJavaInputStream(new ZstdFrames(in)));
        };
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
