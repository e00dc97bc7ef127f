package cairn.oci.tar;

import java.util.Arrays;

/**
 * Passes over runs of one byte, of which tar headers and their base64 mostly consist. The comparison of arrays is a routine of the virtual
 * machine's own, some ten times as fast as a loop that only the quick compiler has seen.
 */
final class Runs {
    /** From so many on it is worth it. */
    private static final int WORTH = 8;

    private final byte[] same = new byte[4096];
    private final byte of;

    Runs(byte of) {
        this.of = of;
        Arrays.fill(same, of);
    }

    /** Whether a run worth passing over may begin here: a guess from three bytes. */
    boolean mayBegin(byte[] in, int at, int end) {
        return in[at] == of && at + WORTH <= end && in[at + 1] == of && in[at + WORTH - 1] == of;
    }

    /** The index of the first other byte, or {@code end}. */
    int end(byte[] in, int start, int end) {
        for (int at = start; at < end; at += same.length) {
            int length = Math.min(end - at, same.length);
            int other = Arrays.mismatch(in, at, at + length, same, 0, length);
            if (other >= 0) {
                return at + other;
            }
        }
        return end;
    }

    /** Puts a run of so many bytes at an index. */
    void put(byte[] out, int index, int length) {
        for (int done = 0; done < length; ) {
            int n = Math.min(length - done, same.length);
            System.arraycopy(same, 0, out, index + done, n);
            done += n;
        }
    }
}
