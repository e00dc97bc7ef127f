package cairn.engine.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes entries of Docker's driver {@code local}: a protobuf message between two copies of its length, big-endian. Its fields are 1 source,
 * 2 time_nano, 3 line without the newline, 4 partial, 5 partial_log_metadata, in which 1 says whether the line ends here; fields that are not
 * known are passed over.
 */
final class LogEntry implements RecordReader {
    private static final int LENGTH = 4;
    private static final byte[] STDERR = "stderr".getBytes(StandardCharsets.US_ASCII);
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;

    /** How an entry begins: whoever writes them writes the fields in the order of their numbers. Few other bytes look like that. */
    private static final byte SOURCE = 1 << 3 | BYTES;

    private static final int FIXED32 = 5;

    private final LogRecord record = new LogRecord();
    private boolean found;
    private boolean endsLine;
    private byte[] bytes = STDERR;
    private int at;

    @Override
    public @Nullable LogRecord record() {
        return found ? record : null;
    }

    @Override
    public int next(byte[] bytes, int from, int to, boolean whole) {
        found = false;
        for (int start = from; start < to; start++) {
            int size = to - start < LENGTH ? 0 : length(bytes, start);
            boolean possible = to - start < LENGTH
                    || size > 0
                            && size <= LONGEST - 2 * LENGTH
                            && (to - start == LENGTH || bytes[start + LENGTH] == SOURCE);
            if (possible && to - start < size + 2 * LENGTH) {
                if (!whole) {
                    return start > from ? start : CUT;
                }
            } else if (possible && read(bytes, start, size)) {
                found = true;
                if (endsLine) {
                    // What stands behind the line, if only the second length, has been read.
                    bytes[record.start + record.length++] = '\n';
                }
                return start + size + 2 * LENGTH;
            }
        }
        return to;
    }

    @Override
    public int previous(byte[] bytes, int from, int to, boolean whole) {
        found = false;
        for (int end = to; end - from > 2 * LENGTH; end--) {
            int size = length(bytes, end - LENGTH);
            if (size <= 0 || size > LONGEST - 2 * LENGTH) {
                continue;
            }
            int start = end - size - 2 * LENGTH;
            if (start >= from && read(bytes, start, size)) {
                return start;
            }
            if (start < from && !whole) {
                return CUT;
            }
        }
        return CUT;
    }

    private static int length(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff;
    }

    /** Whether a whole entry is there, which is then the record. */
    private boolean read(byte[] bytes, int start, int size) {
        int end = start + LENGTH + size;
        return length(bytes, start) == size
                && length(bytes, end) == size
                && bytes[start + LENGTH] == SOURCE
                && message(bytes, start + LENGTH, end);
    }

    private boolean message(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        at = from;
        record.stream = 0;
        record.buffer = bytes;
        record.start = from;
        record.length = 0;
        record.attributes = Map.of();
        long time = 0;
        boolean partial = false;
        boolean last = false;
        try {
            while (at < end) {
                int tag = (int) varint();
                int length = length(tag, end);
                switch (tag >>> 3) {
                    case 1 -> record.stream = stderr(tag, length) ? 2 : 1;
                    case 2 -> time = value(tag);
                    case 3 -> {
                        expect(BYTES, tag);
                        record.start = at;
                        record.length = length;
                    }
                    case 4 -> partial = value(tag) != 0;
                    case 5 -> last = last(tag, length);
                    default -> {}
                }
                at += length;
            }
        } catch (IndexOutOfBoundsException damaged) {
            return false;
        }
        if (record.stream == 0) {
            return false;
        }
        record.setTime(time);
        endsLine = !partial || last;
        return true;
    }

    private boolean stderr(int tag, int length) {
        expect(BYTES, tag);
        return Arrays.equals(bytes, at, at + length, STDERR, 0, STDERR.length);
    }

    /** Of partial_log_metadata. */
    private boolean last(int tag, int size) {
        expect(BYTES, tag);
        int begin = at;
        int end = at + size;
        boolean last = false;
        while (at < end) {
            int inner = (int) varint();
            int length = length(inner, end);
            if (inner >>> 3 == 1) {
                last = value(inner) != 0;
            }
            at += length;
        }
        at = begin;
        return last;
    }

    /** How many bytes a field's value has; the position is behind the tag, and afterwards at the value itself. */
    private int length(int tag, int end) {
        int length = switch (tag & 7) {
            case VARINT -> varintLength(end);
            case FIXED64 -> Long.BYTES;
            case FIXED32 -> Integer.BYTES;
            case BYTES -> {
                long bytes = varint();
                yield bytes < 0 || bytes > end - at ? -1 : (int) bytes;
            }
            default -> -1;
        };
        if (tag >>> 3 == 0 || length < 0 || length > end - at) {
            throw new IndexOutOfBoundsException();
        }
        return length;
    }

    private int varintLength(int end) {
        for (int i = at; i < end && i < at + 10; i++) {
            if (bytes[i] >= 0) {
                return i + 1 - at;
            }
        }
        return -1;
    }

    private long value(int tag) {
        expect(VARINT, tag);
        int begin = at;
        long value = varint();
        at = begin;
        return value;
    }

    private static void expect(int kind, int tag) {
        if ((tag & 7) != kind) {
            throw new IndexOutOfBoundsException();
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = bytes[at++];
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IndexOutOfBoundsException();
    }
}
