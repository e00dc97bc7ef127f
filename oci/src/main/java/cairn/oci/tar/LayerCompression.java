package cairn.oci.tar;

import io.airlift.compress.v3.zstd.ZstdJavaInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/** How a layer or an archive is compressed. */
public enum LayerCompression {
    NONE,
    GZIP,
    ZSTD;

    /** How much of a file {@link #isLayer} looks at. */
    public static final int HEAD = 512;

    private static final int MAGIC = 4;
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
    public static InputStream decompress(InputStream in) throws IOException {
        return decompress(in, Limits.DEFAULT);
    }

    /**
     * The plain bytes of {@code in}, whatever it is compressed with.
     *
     * @return a stream whose reads throw a {@link TarException} once a limit is passed or the compressed data is broken; closes {@code in}
     */
    public static InputStream decompress(InputStream in, Limits limits) throws IOException {
        return decompress(in, limits, LayerCodec.JDK);
    }

    /** As above, with a codec other than the JDK's. */
    public static InputStream decompress(InputStream in, Limits limits, LayerCodec codec) throws IOException {
        PushbackInputStream whole = new PushbackInputStream(in, MAGIC);
        byte[] head = new byte[MAGIC];
        int length = whole.readNBytes(head, 0, MAGIC);
        whole.unread(head, 0, length);
        refuseUnsupported(head);
        return switch (detect(head, length)) {
            case NONE -> new GuardedInput(whole, null, limits);
            case GZIP -> {
                GuardedInput.Counted compressed = new GuardedInput.Counted(whole);
                yield new GuardedInput(new GzipInput(compressed, codec), compressed, limits);
            }
            case ZSTD -> {
                GuardedInput.Counted compressed = new GuardedInput.Counted(whole);
                yield new GuardedInput(zstd(compressed), compressed, limits);
            }
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

    private static void refuseUnsupported(byte[] head) throws TarException {
        if (head[0] == 'B' && head[1] == 'Z' && head[2] == 'h') {
            throw new TarException("bzip2 compression is not supported: use gzip or zstd");
        }
        if (head[0] == (byte) 0xfd && head[1] == '7' && head[2] == 'z' && head[3] == 'X') {
            throw new TarException("xz compression is not supported: use gzip or zstd");
        }
    }

    /** The Java decoder: its window is at most 8 MiB, so that no frame makes it allocate more. */
    private static InputStream zstd(InputStream in) {
        return new InputStream() {
            private final ZstdFrames frames = new ZstdFrames(in);
            private final ZstdJavaInputStream zstd = new ZstdJavaInputStream(frames);

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                try {
                    return zstd.read(buffer, offset, length);
                } catch (IOException e) {
                    // A frame that is too short for what its blocks say is the decoder's finding; all else comes from
                    // the input.
                    throw frames.hasFailed() ? e : new TarException("broken zstd data: " + e.getMessage(), e);
                } catch (RuntimeException e) {
                    // Its checks of the data throw whatever is at hand: MalformedInput, IllegalState, IndexOutOfBounds
                    // ...
                    throw new TarException("broken zstd data: " + e.getMessage(), e);
                }
            }

            @Override
            public void close() throws IOException {
                zstd.close();
            }
        };
    }
}
