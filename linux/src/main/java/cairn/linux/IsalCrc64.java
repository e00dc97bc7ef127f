package cairn.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.zip.Checksum;

/** CRC-64 of ISO 3309, reflected, by libisal's {@code crc64_iso_refl} (crc64.h), which has carry-less multiplications for it. */
public final class IsalCrc64 implements Checksum {
    /** Bytes a call, which holds up the garbage collector: a few microseconds. */
    private static final int STEP = 64 << 10;

    private static final class Functions {
        static final MethodHandle UPDATE =
                Isal.onHeap("crc64_iso_refl", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG));
    }

    private long value;

    @Override
    public void update(int b) {
        update(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
        update(MemorySegment.ofArray(bytes).asSlice(offset, length));
    }

    @Override
    public void update(ByteBuffer bytes) {
        update(MemorySegment.ofBuffer(bytes));
        bytes.position(bytes.limit());
    }

    private void update(MemorySegment segment) {
        for (long done = 0; done < segment.byteSize(); done += STEP) {
            long step = Math.min(STEP, segment.byteSize() - done);
            try {
                value = (long) Functions.UPDATE.invokeExact(value, segment.asSlice(done, step), step);
            } catch (Throwable fault) {
                throw Native.impossible(fault);
            }
        }
    }

    @Override
    public long getValue() {
        return value;
    }

    @Override
    public void reset() {
        value = 0;
    }
}
