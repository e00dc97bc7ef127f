package cairn.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Base64 (RFC 4648, section 4) of bytes that are mostly zeros, as a tar's headers and padding are: both ways skip through these. The JDK's own
 * is quick only where the thorough compiler has a say.
 */
final class SparseBase64 {
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.US_ASCII);

    /** Six bits for each character; negative for what is none. */
    private static final byte[] BITS = bits();

    private static final Runs ZEROS = new Runs((byte) 0);
    private static final Runs ENCODED_ZEROS = new Runs(ALPHABET[0]);

    private SparseBase64() {}

    static int length(int bytes) {
        return (bytes + 2) / 3 * 4;
    }

    /** Writes {@link #length} characters to {@code out}, from an index on. */
    static void encode(byte[] in, byte[] out, int index) {
        int whole = in.length - in.length % 3;
        int put = index;
        for (int at = 0; at < whole; ) {
            if (ZEROS.mayBegin(in, at, whole)) {
                int groups = (ZEROS.end(in, at, whole) - at) / 3;
                ENCODED_ZEROS.put(out, put, groups * 4);
                at += groups * 3;
                put += groups * 4;
            }
            if (at < whole) {
                characters((in[at] & 0xff) << 16 | (in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff, out, put);
                at += 3;
                put += 4;
            }
        }
        if (whole < in.length) {
            int missing = whole + 3 - in.length;
            characters((in[whole] & 0xff) << 16 | (missing == 1 ? (in[whole + 1] & 0xff) << 8 : 0), out, put);
            Arrays.fill(out, put + 4 - missing, put + 4, (byte) '=');
        }
    }

    private static void characters(int bits, byte[] out, int put) {
        out[put] = ALPHABET[bits >>> 18];
        out[put + 1] = ALPHABET[bits >>> 12 & 63];
        out[put + 2] = ALPHABET[bits >>> 6 & 63];
        out[put + 3] = ALPHABET[bits & 63];
    }

    /** @throws IllegalArgumentException for a length that is no multiple of four, or what is no character of base64 */
    static byte[] decode(byte[] in, int start, int end) {
        int padding = padding(in, start, end);
        byte[] out = new byte[(end - start) / 4 * 3 - padding];
        int whole = padding > 0 ? end - 4 : end;
        int put = 0;
        int at = start;
        while (at < whole) {
            if (ENCODED_ZEROS.mayBegin(in, at, whole)) {
                int groups = (ENCODED_ZEROS.end(in, at, whole) - at) / 4;
                at += groups * 4;
                put += groups * 3;
            }
            if (at < whole) {
                int bits = bits(in[at], in[at + 1], in[at + 2], in[at + 3]);
                out[put] = (byte) (bits >> 16);
                out[put + 1] = (byte) (bits >> 8);
                out[put + 2] = (byte) bits;
                at += 4;
                put += 3;
            }
        }
        if (padding > 0) {
            int bits = bits(in[at], in[at + 1], padding == 2 ? (byte) 'A' : in[at + 2], (byte) 'A');
            out[put] = (byte) (bits >> 16);
            if (padding == 1) {
                out[put + 1] = (byte) (bits >> 8);
            }
        }
        return out;
    }

    /** The bytes that so many characters stand for, of which only the last are looked at. */
    static int decodedLength(byte[] in, int start, int end) {
        return (end - start) / 4 * 3 - padding(in, start, end);
    }

    /** The index of the first {@code wanted}, which is no character of base64, from {@code start} on; {@code end} if there is none before it. */
    static int find(byte[] in, int start, int end, char wanted) {
        int at = start;
        while (at < end && in[at] != wanted) {
            at = ENCODED_ZEROS.mayBegin(in, at, end) ? ENCODED_ZEROS.end(in, at, end) : at + 1;
        }
        return at;
    }

    private static int padding(byte[] in, int start, int end) {
        if ((end - start) % 4 != 0) {
            throw new IllegalArgumentException("not as long as base64 is");
        }
        if (start == end || in[end - 1] != '=') {
            return 0;
        }
        return in[end - 2] == '=' ? 2 : 1;
    }

    private static int bits(byte a, byte b, byte c, byte d) {
        int bits = BITS[a & 0xff] << 18 | BITS[b & 0xff] << 12 | BITS[c & 0xff] << 6 | BITS[d & 0xff];
        if (bits < 0) {
            throw new IllegalArgumentException("not base64");
        }
        return bits;
    }

    private static byte[] bits() {
        byte[] bits = new byte[256];
        Arrays.fill(bits, (byte) -1);
        for (int i = 0; i < ALPHABET.length; i++) {
            bits[ALPHABET[i]] = (byte) i;
        }
        return bits;
    }
}
