package cairn.oci.tar;

import java.nio.ByteBuffer;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;

/**
 * What does the work on every byte of a layer, for {@link GzipInput}, {@link GzipOutput} and tar-split: the JDK and {@link Crc64}, or something
 * faster that the machine happens to have.
 */
public interface LayerCodec {
    LayerCodec JDK = new JdkLayerCodec();

    /** A decoder of raw deflate data (RFC 1951). */
    Decoder decoder();

    /** An encoder of blocks that have at most {@code maxBlock} bytes and come out with at most {@code maxTarget}. */
    Encoder encoder(int maxBlock, int maxTarget);

    /** A fresh computation of CRC-64 as {@link Crc64} has it. */
    Checksum crc64();

    /** One stream at a time, one thread at a time. */
    interface Decoder extends AutoCloseable {
        /** The most bytes that {@link #input} is given at once. */
        int MAX_INPUT = 128 << 10;

        /** How far {@link #remaining} may reach back behind the latest input. */
        int LOOKAHEAD = 8;

        /** Makes ready for another stream. */
        void reset();

        /** The input for the next calls; the last one has been used up. */
        void input(byte[] bytes, int offset, int length);

        /** The bytes decoded to the target's position, which moves; zero if more input is wanted or the stream has ended. */
        int inflate(ByteBuffer target) throws DataFormatException;

        boolean finished();

        /**
         * Bytes of the input that were not used. After the end of the stream up to {@link #LOOKAHEAD} of them may have come with the input before the
         * last.
         */
        int remaining();

        @Override
        void close();
    }

    /** One thread at a time. */
    interface Encoder extends AutoCloseable {
        /**
         * Compresses a block that refers to no other and ends on a byte boundary. The same block always gives the same bytes.
         *
         * @param last whether it ends the stream
         * @return the bytes written to {@code target}
         */
        int deflate(byte[] block, int length, boolean last, byte[] target);

        @Override
        void close();
    }
}
