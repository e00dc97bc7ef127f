package cairn.oci.tar;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/**
 * CRC-64 with the polynomial of ISO 3309, as Go's {@code hash/crc64} has it: tar-split's check of file contents.
 *
 * <p>The polynomial is x^64 + x^4 + x^3 + x + 1. Squaring doubles exponents, so multiplying by x^64 or x^256 comes down to a few shifts and
 * no tables are needed: x^64 = 1 + x + x^3 + x^4 and x^256 = 1 + x^4 + x^12 + x^16. Four lanes, each of every fourth word, run side by side
 * and are joined at the end. Bit 63 of a word is x^0, so that multiplying by x shifts to the right.
 */
final class Crc64 implements Checksum {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int LANES_FROM = 64;

    private long register = -1;

    @Override
    public void update(int b) {
        long r = register ^ (b & 0xff);
        register = (r >>> 8) ^ times64(r << 56);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        long r = register;
        if (length >= LANES_FROM) {
            long a = r ^ word(bytes, at);
            long b = word(bytes, at + 8);
            long c = word(bytes, at + 16);
            long d = word(bytes, at + 24);
            for (at += 32; at + 32 <= end; at += 32) {
                a = times256(a) ^ word(bytes, at);
                b = times256(b) ^ word(bytes, at + 8);
                c = times256(c) ^ word(bytes, at + 16);
                d = times256(d) ^ word(bytes, at + 24);
            }
            r = times64(times64(times64(times64(a) ^ b) ^ c) ^ d);
        }
        for (; at + 8 <= end; at += 8) {
            r = times64(r ^ word(bytes, at));
        }
        register = r;
        for (; at < end; at++) {
            update(bytes[at]);
        }
    }

    @Override
    public long getValue() {
        return ~register;
    }

    @Override
    public void reset() {
        register = -1;
    }

    private static long word(byte[] bytes, int at) {
        return (long) WORD.get(bytes, at);
    }

    private static long times64(long w) {
        // What is shifted out on the right has x^64 and more in it, and is reduced once more; that cannot overflow
        // again.
        return reduced(w ^ (w >>> 1) ^ (w >>> 3) ^ (w >>> 4), (w << 63) ^ (w << 61) ^ (w << 60));
    }

    private static long times256(long w) {
        return reduced(w ^ (w >>> 4) ^ (w >>> 12) ^ (w >>> 16), (w << 60) ^ (w << 52) ^ (w << 48));
    }

    private static long reduced(long low, long over) {
        return low ^ over ^ (over >>> 1) ^ (over >>> 3) ^ (over >>> 4);
    }
}
