package cairn.oci.tar;

import java.util.Arrays;

/**
 * Which regions of a sparse file have data; all else is zeros.
 *
 * @param offsets and {@code lengths}: regions in order, not overlapping, within the real size
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SparseMap(long[] offsets, long[] lengths, long realSize) {

    int count() {
        return offsets.length;
    }

    long end(int region) {
        return offsets[region] + lengths[region];
    }

    /** Collects regions as they stand in the archive. */
    static final class Builder {
        private final int maxBytes;
        private long[] offsets = new long[4];
        private long[] lengths = new long[4];
        private int count;
        private int bytes;

        Builder(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        /** Counts bytes of the archive that the map takes. */
        void charge(int n) throws TarException {
            bytes += n;
            if (bytes > maxBytes || bytes < 0) {
                throw new TarException("sparse map is larger than " + maxBytes + " bytes");
            }
        }

        void add(long offset, long length) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count * 2);
                lengths = Arrays.copyOf(lengths, count * 2);
            }
            offsets[count] = offset;
            lengths[count++] = length;
        }

        boolean isEmpty() {
            return count == 0;
        }

        /** The checked map of a file whose data take {@code stored} bytes. */
        SparseMap build(long realSize, long stored) throws TarException {
            long end = 0;
            long data = 0;
            if (realSize < 0) {
                throw new TarException("negative real size of a sparse file");
            }
            for (int i = 0; i < count; i++) {
                if (offsets[i] < end || lengths[i] < 0 || lengths[i] > realSize - offsets[i]) {
                    throw new TarException("sparse map has regions out of order or beyond the file's size");
                }
                end = offsets[i] + lengths[i];
                data += lengths[i];
            }
            if (data != stored) {
                throw new TarException("sparse map tells of " + data + " bytes of data, but " + stored + " are there");
            }
            return new SparseMap(Arrays.copyOf(offsets, count), Arrays.copyOf(lengths, count), realSize);
        }
    }
}
