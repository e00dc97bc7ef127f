package cairn.hostile;

import java.io.InputStream;
import java.util.function.LongFunction;

/** A stream of pieces that are made while it is read. */
final class Repeated extends InputStream {
    private final long count;
    private final LongFunction<byte[]> pieces;
    private long next;
    private byte[] piece = {};
    private int at;

    Repeated(long count, LongFunction<byte[]> pieces) {
        this.count = count;
        this.pieces = pieces;
    }

    static Repeated endless(LongFunction<byte[]> pieces) {
        return new Repeated(Long.MAX_VALUE, pieces);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        while (at == piece.length) {
            if (next == count) {
                return -1;
            }
            piece = pieces.apply(next++);
            at = 0;
        }
        int n = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, offset, n);
        at += n;
        return n;
    }
}
