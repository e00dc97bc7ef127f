package cairn.oci.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/** A gzip stream of any number of members (RFC 1952), inflated straight into the caller's buffer. Zeros may trail, as from tapes. */
final class GzipInput extends DirectInput {
    /** In front of the buffer the end of what was in it before is kept: a decoder may have read a few bytes more than were its own. */
    private static final int KEPT = LayerCodec.Decoder.LOOKAHEAD;

    private static final int BUFFER = LayerCodec.Decoder.MAX_INPUT;
    private static final int MAX_HEADER = 256 << 10;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private final InputStream in;
    private final byte[] buffer = new byte[KEPT + BUFFER];
    private final LayerCodec.Decoder decoder;
    private final CRC32 crc = new CRC32();
    private long total;
    private int position = KEPT;
    private int limit = KEPT;
    private boolean ended;

    GzipInput(InputStream in, LayerCodec codec) throws IOException {
        this.in = in;
        this.decoder = codec.decoder();
        boolean begun = false;
        try {
            readHeader(next());
            begun = true;
        } finally {
            if (!begun) {
                decoder.close();
            }
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        ByteBuffer inflated = target.duplicate();
        while (!ended) {
            int n = inflate(target);
            if (n > 0) {
                crc.update(inflated.limit(target.position()));
                total += n;
                return n;
            }
            if (decoder.finished()) {
                position = limit - decoder.remaining();
                ended = !nextMember();
            } else if (decoder.remaining() > 0) {
                throw new TarException("broken gzip data");
            } else if (refill()) {
                decoder.input(buffer, KEPT, limit - KEPT);
            } else {
                throw new TarException("gzip data ends too early");
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        decoder.close();
        in.close();
    }

    private int inflate(ByteBuffer target) throws TarException {
        try {
            return decoder.inflate(target);
        } catch (DataFormatException e) {
            throw new TarException("broken gzip data: " + e.getMessage(), e);
        }
    }

    /** Reads on, when all of the buffer has been used; whether there was more. */
    private boolean refill() throws IOException {
        System.arraycopy(buffer, limit - KEPT, buffer, 0, KEPT);
        position = KEPT;
        limit = KEPT;
        limit += Math.max(0, in.read(buffer, KEPT, BUFFER));
        return limit > KEPT;
    }

    /** Checks the end of a member; whether another follows. */
    private boolean nextMember() throws IOException {
        long sum = nextInt();
        long size = nextInt();
        if (sum != crc.getValue() || size != (total & 0xffff_ffffL)) {
            throw new TarException("gzip data has a wrong checksum");
        }
        int b = nextOrEnd();
        while (b == 0) {
            b = nextOrEnd();
        }
        if (b < 0) {
            return false;
        }
        crc.reset();
        total = 0;
        decoder.reset();
        readHeader(b);
        return true;
    }

    private void readHeader(int first) throws IOException {
        if (first != 0x1f || next() != 0x8b || next() != 8) {
            throw new TarException("broken gzip header");
        }
        int flags = next();
        int budget = MAX_HEADER;
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int text = flags & (NAME | COMMENT); text != 0; text &= text - 1) {
            while (next() != 0) {
                if (--budget < 0) {
                    throw new TarException("gzip header is larger than " + MAX_HEADER + " bytes");
                }
            }
        }
        if ((flags & HEADER_CRC) != 0) {
            skip(2);
        }
        decoder.input(buffer, position, limit - position);
    }

    private void skip(int n) throws IOException {
        for (int i = 0; i < n; i++) {
            next();
        }
    }

    private long nextInt() throws IOException {
        return (next() | next() << 8 | next() << 16 | (long) next() << 24) & 0xffff_ffffL;
    }

    private int next() throws IOException {
        int b = nextOrEnd();
        if (b < 0) {
            throw new TarException("gzip data ends too early", new EOFException());
        }
        return b;
    }

    private int nextOrEnd() throws IOException {
        if (position == limit && !refill()) {
            return -1;
        }
        return buffer[position++] & 0xff;
    }
}
