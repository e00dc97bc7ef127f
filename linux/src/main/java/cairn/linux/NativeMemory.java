package cairn.linux;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** Memory outside the heap that is given back at a moment of one's own choice, for several threads. Buffers of it fail after that. */
public final class NativeMemory implements AutoCloseable {
    private final Arena arena = Arena.ofShared();

    /** @param alignment a power of two, in bytes */
    public ByteBuffer allocate(int size, int alignment) {
        return arena.allocate(size, alignment).asByteBuffer();
    }

    /** Gives all of it back; once more does nothing. To be called when no system call uses it any more. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
