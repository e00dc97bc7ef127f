package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The frames of a zstd stream without the skippable ones, which the decoder does not know (RFC 8878, 3.1): they stand between frames of
 * programs that compress in parallel or keep an index. Frames are walked block by block and passed through as they are.
 */
final class ZstdFrames extends InputStream {
    private static final int MAGIC = 0xfd2f_b528;
    private static final int SKIPPABLE = 0x184d_2a50;
    /** Of a window's exponent: 8 MiB, which is what the decoder has room for. Larger ones it takes for smaller ones. */
    private static final int MAX_EXPONENT = 13;

    private static final int RLE = 1;
    private static final int RESERVED = 3;

    private final InputStream in;

    /** Bytes of a header that were read here and are still to be passed on. */
    private byte[] header = {};

    private int headerAt;
    /** Bytes of the current block that are still to be passed on from the input. */
    private long body;

    private boolean inFrame;
    private boolean lastBlock;
    private boolean checksum;
    private boolean ended;

    ZstdFrames(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Fills the buffer as far as it can: the decoder is fast only where it is given more than a block's header at a time. */
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && !ended) {
            if (headerAt < header.length) {
                int n = Math.min(length - done, header.length - headerAt);
                System.arraycopy(header, headerAt, buffer, offset + done, n);
                headerAt += n;
                done += n;
            } else if (body > 0) {
                int n = in.read(buffer, offset + done, (int) Math.min(length - done, body));
                if (n < 0) {
                    throw truncated();
                }
                body -= n;
                done += n;
            } else {
                ended = !advance();
            }
        }
        return done == 0 && length > 0 ? -1 : done;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Goes to the next block, or from one frame to the next; whether there is one. */
    private boolean advance() throws IOException {
        if (!inFrame) {
            return beginFrame();
        }
        if (lastBlock) {
            inFrame = false;
            take(exactly(checksum ? 4 : 0), 0);
            return true;
        }
        byte[] block = exactly(3);
        int bits = (block[0] & 0xff) | (block[1] & 0xff) << 8 | (block[2] & 0xff) << 16;
        lastBlock = (bits & 1) != 0;
        int type = bits >> 1 & 3;
        if (type == RESERVED) {
            throw new TarException("broken zstd data: reserved block type");
        }
        take(block, type == RLE ? 1 : bits >> 3);
        return true;
    }

    private boolean beginFrame() throws IOException {
        byte[] magic = in.readNBytes(4);
        if (magic.length == 0) {
            return false;
        }
        if (magic.length < 4) {
            throw truncated();
        }
        int value = littleEndian(magic);
        if ((value & ~0xf) == SKIPPABLE) {
            skipFrame(littleEndian(exactly(4)) & 0xffff_ffffL);
            return true;
        }
        if (value != MAGIC) {
            throw new TarException("broken zstd data: no frame where one should begin");
        }
        byte[] descriptor = exactly(1);
        int flags = descriptor[0] & 0xff;
        boolean single = (flags & 0x20) != 0;
        int dictionary = new int[] {0, 1, 2, 4}[flags & 3];
        int size = new int[] {single ? 1 : 0, 2, 4, 8}[flags >> 6];
        byte[] rest = exactly((single ? 0 : 1) + dictionary + size);
        if (!single && (rest[0] & 0xff) >> 3 > MAX_EXPONENT) {
            throw new TarException("zstd data with a window of more than 8 MiB");
        }
        byte[] whole = Arrays.copyOf(magic, 5 + rest.length);
        whole[4] = descriptor[0];
        System.arraycopy(rest, 0, whole, 5, rest.length);
        checksum = (flags & 4) != 0;
        lastBlock = false;
        inFrame = true;
        take(whole, 0);
        return true;
    }

    private void take(byte[] newHeader, long newBody) {
        header = newHeader;
        headerAt = 0;
        body = newBody;
    }

    private byte[] exactly(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw truncated();
        }
        return bytes;
    }

    private void skipFrame(long length) throws IOException {
        byte[] scratch = new byte[8192];
        for (long left = length; left > 0; ) {
            int n = in.read(scratch, 0, (int) Math.min(left, scratch.length));
            if (n < 0) {
                throw truncated();
            }
            left -= n;
        }
    }

    private static int littleEndian(byte[] b) {
        return (b[0] & 0xff) | (b[1] & 0xff) << 8 | (b[2] & 0xff) << 16 | (b[3] & 0xff) << 24;
    }

    private static TarException truncated() {
        return new TarException("zstd data ends too early");
    }
}
