package cairn.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compresses blocks of a raw deflate stream (RFC 1951), each on its own, with libisal's {@code isal_deflate}. One thread at a time; to be closed. */
public final class IsalDeflater implements AutoCloseable {
    private static final int LEVEL = 2;

    // ISAL_DEF_LVL2_DEFAULT
    private static final int LEVEL_BUFFER = 331_776;

    // struct isal_zstream of igzip_lib.h, which callers allocate, so that its layout is part of the ABI.
    private static final int SIZE = 82_384;
    private static final int NEXT_IN = 0;
    private static final int AVAIL_IN = 8;
    private static final int NEXT_OUT = 16;
    private static final int AVAIL_OUT = 24;
    private static final int LEVEL_FIELD = 40;
    private static final int LEVEL_BUFFER_SIZE = 44;
    private static final int LEVEL_BUFFER_POINTER = 48;
    private static final int END_OF_STREAM = 56;
    private static final int FLUSH = 58;
    private static final short FULL_FLUSH = 2;

    private static final class Functions {
        static final MethodHandle INIT = Isal.procedure("isal_deflate_init");
        static final MethodHandle DEFLATE = Isal.function("isal_deflate");
    }

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment = arena.allocate(SIZE, 64);
    private final ByteBuffer state = segment.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment levelBuffer = arena.allocate(LEVEL_BUFFER, 64);
    private final MemorySegment inputSegment;
    private final ByteBuffer input;
    private final MemorySegment outputSegment;
    private final ByteBuffer output;

    private IsalDeflater(int maxBlock, int maxTarget) {
        inputSegment = arena.allocate(maxBlock, 64);
        input = inputSegment.asByteBuffer();
        outputSegment = arena.allocate(maxTarget, 64);
        output = outputSegment.asByteBuffer();
    }

    /**
     * Null where the library is not installed.
     *
     * @param maxBlock bytes of the largest block
     * @param maxTarget bytes that compressed blocks may have
     */
    public static @Nullable IsalDeflater open(int maxBlock, int maxTarget) {
        return Isal.available() ? new IsalDeflater(maxBlock, maxTarget) : null;
    }

    /**
     * Compresses a block that refers to no other and ends on a byte boundary.
     *
     * @param last whether it ends the stream
     * @return the bytes written to {@code target}
     * @throws IllegalArgumentException if they have no room there
     */
    public int deflate(byte[] block, int length, boolean last, byte[] target) {
        Objects.checkFromIndexSize(0, length, block.length);
        input.put(0, block, 0, length);
        Isal.run(Functions.INIT, segment);
        state.putLong(NEXT_IN, inputSegment.address());
        state.putInt(AVAIL_IN, length);
        state.putLong(NEXT_OUT, outputSegment.address());
        int room = Math.min(target.length, output.capacity());
        state.putInt(AVAIL_OUT, room);
        state.putInt(LEVEL_FIELD, LEVEL);
        state.putInt(LEVEL_BUFFER_SIZE, LEVEL_BUFFER);
        state.putLong(LEVEL_BUFFER_POINTER, levelBuffer.address());
        state.putShort(END_OF_STREAM, (short) (last ? 1 : 0));
        state.putShort(FLUSH, FULL_FLUSH);
        int result = Isal.call(Functions.DEFLATE, segment);
        int left = state.getInt(AVAIL_OUT);
        if (result != 0 || state.getInt(AVAIL_IN) != 0 || left == 0) {
            throw new IllegalArgumentException(
                    "no room for a compressed block of " + length + " bytes (" + result + ")");
        }
        output.get(0, target, 0, room - left);
        return room - left;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
