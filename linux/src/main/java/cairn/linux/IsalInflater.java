package cairn.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes raw deflate data (RFC 1951) with libisal's {@code isal_inflate}. One thread at a time.
 *
 * <p>The library is given native memory with its bounds at each call: the caller's own, or one of fixed size from which is copied.
 */
public final class IsalInflater {
    /** The most bytes that one {@link #input} takes. */
    public static final int MAX_INPUT = 128 << 10;

    /** Of an output that is copied. */
    private static final int MAX_COPIED = 64 << 10;

    // struct inflate_state of igzip_lib.h, which callers allocate, so that its layout is part of the ABI.
    private static final int SIZE = 87_368;
    private static final int NEXT_OUT = 0;
    private static final int AVAIL_OUT = 8;
    private static final int NEXT_IN = 16;
    private static final int AVAIL_IN = 32;
    private static final int READ_IN_LENGTH = 36;
    private static final int BLOCK_STATE = 21_160;
    private static final int ISAL_BLOCK_FINISH = 5;

    private static final class Functions {
        static final MethodHandle INIT = Isal.procedure("isal_inflate_init");
        static final MethodHandle INFLATE = Isal.function("isal_inflate");
    }

    /** Freed by the garbage collector like the JDK's own, whoever forgets to close it. */
    private final Arena arena = Arena.ofAuto();

    private final MemorySegment segment = arena.allocate(SIZE, 64);
    private final ByteBuffer state = segment.asByteBuffer().order(ByteOrder.nativeOrder());
    private final MemorySegment inputSegment = arena.allocate(MAX_INPUT, 64);
    private final ByteBuffer input = inputSegment.asByteBuffer();
    private @Nullable ByteBuffer copied;

    private IsalInflater() {
        reset();
    }

    /** Null where the library is not installed. */
    public static @Nullable IsalInflater open() {
        return Isal.available() ? new IsalInflater() : null;
    }

    /** Makes ready for another stream; input that was not used is forgotten. */
    public void reset() {
        Isal.run(Functions.INIT, segment);
    }

    /** Copies the input for the next calls, in place of what is left of the last one. */
    public void input(byte[] bytes, int offset, int length) {
        Objects.checkIndex(length, MAX_INPUT + 1);
        input.put(0, bytes, offset, length);
        state.putLong(NEXT_IN, inputSegment.address());
        state.putInt(AVAIL_IN, length);
    }

    /**
     * The bytes decoded to the target's position, which moves; zero if more input is wanted or the stream has ended. Direct and large targets are
     * the fastest: the library copies 32 KiB of history aside at the end of each call.
     *
     * @throws DataFormatException for broken data; only {@link #reset} makes sense afterwards
     */
    public int inflate(ByteBuffer target) throws DataFormatException {
        if (target.isDirect()) {
            int done = inflate(MemorySegment.ofBuffer(target));
            target.position(target.position() + done);
            return done;
        }
        ByteBuffer output = copied;
        if (output == null) {
            output = arena.allocate(MAX_COPIED, 64).asByteBuffer();
            copied = output;
        }
        output.clear().limit(Math.min(MAX_COPIED, target.remaining()));
        int done = inflate(MemorySegment.ofBuffer(output));
        target.put(output.limit(done));
        return done;
    }

    private int inflate(MemorySegment target) throws DataFormatException {
        int room = (int) target.byteSize();
        state.putLong(NEXT_OUT, target.address());
        state.putInt(AVAIL_OUT, room);
        int result;
        try {
            result = Isal.call(Functions.INFLATE, segment);
        } finally {
            // The library has only the address, which is good for as long as somebody holds the memory.
            Reference.reachabilityFence(target);
        }
        if (result < 0) {
            throw new DataFormatException(text(result));
        }
        return room - state.getInt(AVAIL_OUT);
    }

    /** Whether the stream's last block has been decoded and all of it handed out. */
    public boolean finished() {
        return state.getInt(BLOCK_STATE) == ISAL_BLOCK_FINISH;
    }

    /** Bytes of the input that were not used. After the end of a stream up to eight of them may have come with the input before the last. */
    public int remaining() {
        int held = finished() ? state.getInt(READ_IN_LENGTH) / Byte.SIZE : 0;
        return state.getInt(AVAIL_IN) + held;
    }

    private static String text(int error) {
        return switch (error) {
            case -1 -> "invalid block";
            case -2 -> "invalid symbol";
            case -3 -> "invalid distance too far back";
            default -> "error " + error;
        };
    }
}
