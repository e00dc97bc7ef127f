package cairn.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Native memory for the arguments and results of one system call at a time, and the errno of that call. It belongs to its borrower
 * until it is closed; there are as many as calls have ever run at the same time, and they are kept.
 *
 * <p>Access goes through a byte buffer, because the variable handles of memory segments take tens of milliseconds to set up.
 */
final class Scratch implements AutoCloseable {
    /** The most that {@link #area} gives: a large write, or a batch of directory entries. */
    static final int MAX_AREA = 64 * 1024;

    /** Two paths of PATH_MAX bytes, a structure and a value of 64 KiB fit in. */
    private static final int SIZE = MAX_AREA + 10 * 1024;

    private static final int PATH_MAX = 4096;

    /** Places a cache line apart, so that a few busy threads, each with its own, do not meet. */
    private static final int PLACES = 8;

    private static final int APART = 16;
    private static final AtomicReferenceArray<Scratch> NEAR = new AtomicReferenceArray<>(PLACES * APART);

    /** What came to a place that was taken. */
    private static final ConcurrentLinkedQueue<Scratch> IDLE = new ConcurrentLinkedQueue<>();

    /** Where a call leaves its errno, the only member of this structure on Linux. */
    final MemorySegment state = Arena.global().allocate(Linker.Option.captureStateLayout());

    private final ByteBuffer errno = state.asByteBuffer().order(ByteOrder.nativeOrder());
    private final ByteBuffer buffer;
    private final long address;
    private int used;

    private Scratch() {
        MemorySegment memory = Arena.global().allocate(SIZE, 16);
        buffer = memory.asByteBuffer().order(ByteOrder.nativeOrder());
        address = memory.address();
    }

    static Scratch borrow() {
        int own = place();
        for (int i = 0; i < PLACES; i++) {
            int place = own ^ i * APART;
            // The own place is mostly filled; of the others only few are worth the exchange.
            Scratch near = i == 0 || NEAR.getPlain(place) != null ? NEAR.getAndSet(place, null) : null;
            if (near != null) {
                return near;
            }
        }
        Scratch idle = IDLE.poll();
        return idle == null ? new Scratch() : idle;
    }

    /** The calling thread's, which others may have as well. */
    private static int place() {
        return (int) (Thread.currentThread().threadId() & PLACES - 1) * APART;
    }

    int errno() {
        return errno.getInt(0);
    }

    /** Gives room for so many bytes, aligned to 8, not cleared. */
    Area area(int size) {
        return new Area(reserve(size), size);
    }

    private int reserve(int size) {
        int start = (used + 7) & -8;
        if (size > SIZE - start) {
            throw new LinuxException("call", "arguments of " + size + " bytes", Errno.E2BIG);
        }
        used = start + size;
        return start;
    }

    /** The address of the text as a C string in UTF-8. */
    long text(String text) {
        int length = text.length();
        if (length >= PATH_MAX) {
            throw new LinuxException("path", text.substring(0, 64) + "...", Errno.ENAMETOOLONG);
        }
        int start = reserve(length + 1);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c == 0 || c > 0x7f) {
                used = start;
                return bytes(encode(text));
            }
            buffer.put(start + i, (byte) c);
        }
        buffer.put(start + length, (byte) 0);
        return address + start;
    }

    /** The address of a copy of these bytes with a NUL behind them. */
    long bytes(byte[] bytes) {
        int start = reserve(bytes.length + 1);
        buffer.put(start, bytes);
        buffer.put(start + bytes.length, (byte) 0);
        return address + start;
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

    /** Forgets what was put in, so that the next call of a loop starts afresh. */
    void reset() {
        used = 0;
    }

    @Override
    public void close() {
        used = 0;
        if (!NEAR.compareAndSet(place(), null, this)) {
            IDLE.add(this);
        }
    }

    /** A structure or a buffer in this memory; offsets count from its start. */
    final class Area {
        private final int start;
        private final int size;

        private Area(int start, int size) {
            this.start = start;
            this.size = size;
        }

        long address() {
            return address + start;
        }

        int size() {
            return size;
        }

        int getByte(int offset) {
            return buffer.get(start + offset);
        }

        int getShort(int offset) {
            return buffer.getShort(start + offset) & 0xffff;
        }

        int getInt(int offset) {
            return buffer.getInt(start + offset);
        }

        long getLong(int offset) {
            return buffer.getLong(start + offset);
        }

        void putByte(int offset, int value) {
            buffer.put(start + offset, (byte) value);
        }

        void putShort(int offset, int value) {
            buffer.putShort(start + offset, (short) value);
        }

        void putInt(int offset, int value) {
            buffer.putInt(start + offset, value);
        }

        void putLong(int offset, long value) {
            buffer.putLong(start + offset, value);
        }

        /** Copies bytes to the start of this area. */
        void put(byte[] bytes, int offset, int length) {
            buffer.put(start, bytes, offset, length);
        }

        /** As above; offsets are the other buffer's own, whatever its position. */
        void put(ByteBuffer bytes, int offset, int length) {
            buffer.put(start, bytes, offset, length);
        }

        /** Copies bytes from the start of this area. */
        void get(byte[] bytes, int offset, int length) {
            buffer.get(start, bytes, offset, length);
        }

        byte[] bytes(int offset, int length) {
            byte[] bytes = new byte[length];
            buffer.get(start + offset, bytes);
            return bytes;
        }

        /** The C string at this offset. */
        byte[] string(int offset) {
            int end = offset;
            while (end < size && getByte(end) != 0) {
                end++;
            }
            return bytes(offset, end - offset);
        }
    }
}
