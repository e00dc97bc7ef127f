package cairn.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Native memory for the arguments and results of one system call at a time, and the errno of that call. It belongs to its borrower
 * until it is closed; there are as many as calls have ever run at the same time, and they are kept.
 */
final class Scratch implements AutoCloseable {
    /** The most that {@link #area} gives: a large write, or a batch of directory entries. */
    static final int MAX_AREA = 64 * 1024;

    /** Two paths of PATH_MAX bytes, a structure and a value of 64 KiB fit in. */
    private static final int SIZE = MAX_AREA + 10 * 1024;

    private static final int PATH_MAX = 4096;

    private static final ConcurrentLinkedQueue<Scratch> IDLE = new ConcurrentLinkedQueue<>();

    final MemorySegment memory;
    final MemorySegment state = Arena.global().allocate(Linker.Option.captureStateLayout());
    private long used;

    private Scratch() {
        memory = Arena.global().allocate(SIZE, 16);
    }

    static Scratch borrow() {
        Scratch idle = IDLE.poll();
        return idle == null ? new Scratch() : idle;
    }

    /** Gives room for so many bytes, aligned to 8, not cleared. */
    MemorySegment area(long size) {
        return memory.asSlice(reserve(size), size);
    }

    private long reserve(long size) {
        long start = (used + 7) & -8;
        if (size > SIZE - start) {
            throw new LinuxException("call", "arguments of " + size + " bytes", Errno.E2BIG);
        }
        used = start + size;
        return start;
    }

    /** The address of so many cleared bytes. */
    long zeroed(int size) {
        long start = reserve(size);
        memory.asSlice(start, size).fill((byte) 0);
        return memory.address() + start;
    }

    /** The address of the text as a C string in UTF-8. */
    long text(String text) {
        int length = text.length();
        if (length >= PATH_MAX) {
            throw new LinuxException("path", text.substring(0, 64) + "...", Errno.ENAMETOOLONG);
        }
        long start = reserve(length + 1L);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || c > 0x7f) {
                used = start;
                return bytes(encode(text));
            }
            memory.set(ValueLayout.JAVA_BYTE, start + i, (byte) c);
        }
        memory.set(ValueLayout.JAVA_BYTE, start + length, (byte) 0);
        return memory.address() + start;
    }

    /** The address of a copy of these bytes with a NUL behind them. */
    long bytes(byte[] bytes) {
        long start = reserve(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, start, bytes.length);
        memory.set(ValueLayout.JAVA_BYTE, start + bytes.length, (byte) 0);
        return memory.address() + start;
    }

    private static byte[] encode(String text) {
        if (text.indexOf(0) >= 0) {
            throw new IllegalArgumentException("NUL in " + text.replace('\0', '?'));
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("text has no UTF-8 form: " + text, e);
        }
    }

    private static final long ERRNO =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    int errno() {
        return state.get(ValueLayout.JAVA_INT, ERRNO);
    }

    /** Forgets what was put in, so that the next call of a loop starts afresh. */
    void reset() {
        used = 0;
    }

    @Override
    public void close() {
        used = 0;
        IDLE.add(this);
    }
}
