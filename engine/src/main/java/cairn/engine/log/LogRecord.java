package cairn.engine.log;

import cairn.wire.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/**
 * One record of a container's log: the text is a line with its newline, or part of a line longer than 16 KiB without one. Good until the next
 * is read: a million of them are one object, since reading logs back is bound by what each of them costs.
 */
public final class LogRecord {
    /** Of a time as clients get it: nanoseconds, whatever their last digits are. */
    public static final int STAMP = 30;

    private static final int SECONDS = 19;
    private static final long SECOND = 1_000_000_000;
    /** What a time is before one was read; Go's zero time. */
    static final String NEVER = "0001-01-01T00:00:00.000000000Z";

    int stream = 1;
    byte[] buffer = new byte[0];
    int start;
    int length;
    Map<String, String> attributes = Map.of();

    private final byte[] stamp = NEVER.getBytes(StandardCharsets.US_ASCII);

    /** What the last time given in nanoseconds has before its fraction. */
    private long second = Long.MIN_VALUE;

    /** 1 for stdout, 2 for stderr. */
    public int stream() {
        return stream;
    }

    /** Where the text is, from {@link #start} on. */
    public byte[] buffer() {
        return buffer;
    }

    public int start() {
        return start;
    }

    public int length() {
        return length;
    }

    /** A copy of the text. */
    public byte[] text() {
        return Arrays.copyOfRange(buffer, start, start + length);
    }

    /** The time in RFC 3339, {@link #STAMP} bytes of ASCII in UTC with all nine digits. They sort as the times do. */
    public byte[] stamp() {
        return stamp;
    }

    public String time() {
        return new String(stamp, StandardCharsets.US_ASCII);
    }

    /** What the container logs along with each record: chosen labels and variables. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Takes a time as it is written: RFC 3339, mostly in UTC and without zeros at the end of its fraction. */
    boolean setTime(byte[] line, int from, int to) {
        int size = to - from;
        if (size > SECONDS && size <= STAMP && line[to - 1] == 'Z' && line[from + 4] == '-') {
            System.arraycopy(line, from, stamp, 0, size - 1);
            stamp[SECONDS] = '.';
            Arrays.fill(stamp, Math.max(size - 1, SECONDS + 1), STAMP - 1, (byte) '0');
            return true;
        }
        try {
            String text = new String(line, from, size, StandardCharsets.ISO_8859_1);
            return setTime(java.time.OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return false;
        }
    }

    /** Takes a time in nanoseconds since 1970, which need not be later than the last. */
    void setTime(long nanos) {
        long seconds = Math.floorDiv(nanos, SECOND);
        if (seconds != second) {
            setTime(Instant.ofEpochSecond(seconds));
            second = seconds;
        }
        int fraction = (int) Math.floorMod(nanos, SECOND);
        for (int at = STAMP - 2; at > SECONDS; at--) {
            stamp[at] = (byte) ('0' + fraction % 10);
            fraction /= 10;
        }
    }

    private boolean setTime(Instant time) {
        byte[] fixed = fixed(time);
        System.arraycopy(fixed, 0, stamp, 0, STAMP);
        return fixed.length == STAMP;
    }

    /** A time as {@link #stamp} has it. */
    static byte[] fixed(Instant time) {
        return Timestamps.fixed(time).getBytes(StandardCharsets.US_ASCII);
    }
}
