package cairn.engine.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one line of a json-file log: {@code {"log":"...","stream":"stdout","time":"..."}}, keys in any order, further
 * keys ignored. By hand, because reading logs back is bound by this loop; lines as our own shims write them take the short way.
 */
final class LogLine implements RecordReader {
    private static final byte[] HEAD = ascii("{\"log\":\"");
    private static final byte[] STDOUT = ascii("\",\"stream\":\"stdout\",\"time\":\"");
    private static final byte[] STDERR = ascii("\",\"stream\":\"stderr\",\"time\":\"");
    private static final byte[] TAIL = ascii("\"}");
    private static final int LONGEST_TIME = 36;

    private final LogRecord record = new LogRecord();
    private boolean found;
    private byte[] line = HEAD;
    private int end;
    private int at;

    /** What texts with escapes are decoded into. */
    private byte[] decoded = new byte[16 * 1024];

    private int used;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public int next(byte[] bytes, int from, int to, boolean whole) {
        for (int newline = from; newline < to; newline++) {
            if (bytes[newline] == '\n') {
                parse(bytes, from, newline);
                return newline + 1;
            }
        }
        found = false;
        return whole ? to : CUT;
    }

    @Override
    public int previous(byte[] bytes, int from, int to, boolean whole) {
        found = false;
        int end = newlineBefore(bytes, from, to);
        int before = end == CUT ? CUT : newlineBefore(bytes, from, end);
        if (before != CUT) {
            return before + 1;
        }
        return end != CUT && whole ? from : CUT;
    }

    private static int newlineBefore(byte[] bytes, int from, int to) {
        int at = to - 1;
        while (at >= from && bytes[at] != '\n') {
            at--;
        }
        return at >= from ? at : CUT;
    }

    /** The record, good until the next call; false when the line is not a whole one, as after a crash in the middle of a write. */
    boolean parse(byte[] bytes, int from, int to) {
        line = bytes;
        end = to;
        at = from;
        found = own(from);
        if (!found) {
            try {
                found = any();
            } catch (IndexOutOfBoundsException truncated) {
                // Not a whole one.
            }
        }
        return found;
    }

    @Override
    public @Nullable LogRecord record() {
        return found ? record : null;
    }

    // ---- the short way

    private boolean own(int from) {
        if (end - from < HEAD.length + STDOUT.length + TAIL.length
                || !matches(from, HEAD)
                || !matches(end - TAIL.length, TAIL)) {
            return false;
        }
        int timeEnd = end - TAIL.length;
        int time = timeEnd;
        while (time > timeEnd - LONGEST_TIME && time > from && line[time - 1] != '"') {
            time--;
        }
        int text = from + HEAD.length;
        int textEnd = time - STDOUT.length;
        if (textEnd < text) {
            return false;
        }
        boolean stdout = matches(textEnd, STDOUT);
        if (!stdout && !matches(textEnd, STDERR)) {
            return false;
        }
        record.stream = stdout ? 1 : 2;
        record.attributes = Map.of();
        return record.setTime(line, time, timeEnd) && text(text, textEnd);
    }

    private boolean matches(int from, byte[] expected) {
        return Arrays.equals(line, from, from + expected.length, expected, 0, expected.length);
    }

    /** False where a quote ends the text sooner: then the keys stand in another order. */
    private boolean text(int from, int to) {
        int plain = from;
        while (plain < to && line[plain] != '\\' && line[plain] != '"') {
            plain++;
        }
        if (plain == to - 2 && line[plain] == '\\' && line[plain + 1] == 'n') {
            // Where the escape stands, in the reader's own buffer, its newline takes no more room.
            line[plain] = '\n';
            set(line, from, plain + 1 - from);
            return true;
        }
        if (plain == to) {
            set(line, from, to - from);
            return true;
        }
        used = 0;
        at = from;
        decode(to);
        set(decoded, 0, used);
        return at == to;
    }

    private void set(byte[] buffer, int start, int length) {
        record.buffer = buffer;
        record.start = start;
        record.length = length;
    }

    // ---- any order of keys

    private boolean any() {
        boolean text = false;
        boolean time = false;
        record.stream = 1;
        record.attributes = Map.of();
        if (!take('{')) {
            return false;
        }
        byte[] content = new byte[0];
        while (!take('}')) {
            if (line[at] == ',') {
                at++;
            }
            String name = string();
            if (!take(':')) {
                return false;
            }
            switch (name) {
                case "log" -> {
                    content = bytes();
                    text = true;
                }
                case "stream" -> record.stream = string().equals("stderr") ? 2 : 1;
                case "time" -> {
                    byte[] stamp = bytes();
                    time = record.setTime(stamp, 0, stamp.length);
                }
                case "attrs" -> record.attributes = object();
                default -> skipValue();
            }
        }
        set(content, 0, content.length);
        return text && time;
    }

    private boolean take(char expected) {
        if (at < end && line[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private String string() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        if (!take('"')) {
            throw new IndexOutOfBoundsException();
        }
        used = 0;
        decode(end);
        if (!take('"')) {
            throw new IndexOutOfBoundsException();
        }
        return Arrays.copyOf(decoded, used);
    }

    private Map<String, String> object() {
        Map<String, String> found = new LinkedHashMap<>();
        if (!take('{')) {
            throw new IndexOutOfBoundsException();
        }
        while (!take('}')) {
            if (line[at] == ',') {
                at++;
            }
            String name = string();
            if (!take(':')) {
                throw new IndexOutOfBoundsException();
            }
            found.put(name, string());
        }
        return found;
    }

    /** Values of unknown keys: strings, or objects and arrays of whatever. */
    private void skipValue() {
        int depth = 0;
        do {
            if (line[at] == '"') {
                bytes();
            } else {
                if (line[at] == '{' || line[at] == '[') {
                    depth++;
                } else if (line[at] == '}' || line[at] == ']') {
                    depth--;
                }
                at++;
            }
        } while (depth > 0 || line[at] != ',' && line[at] != '}');
    }

    // ---- strings

    /** Up to a quote, or to there. */
    private void decode(int to) {
        if (decoded.length < used + to - at) {
            decoded = Arrays.copyOf(decoded, used + to - at);
        }
        while (at < to && line[at] != '"') {
            byte b = line[at++];
            if (b != '\\') {
                decoded[used++] = b;
                continue;
            }
            byte kind = line[at++];
            switch (kind) {
                case 'n' -> decoded[used++] = '\n';
                case 'r' -> decoded[used++] = '\r';
                case 't' -> decoded[used++] = '\t';
                case 'b' -> decoded[used++] = '\b';
                case 'f' -> decoded[used++] = '\f';
                case 'u' -> codePoint();
                default -> decoded[used++] = kind;
            }
        }
    }

    private void codePoint() {
        int unit = hex();
        if (Character.isHighSurrogate((char) unit) && line[at] == '\\' && line[at + 1] == 'u') {
            at += 2;
            unit = Character.toCodePoint((char) unit, (char) hex());
        }
        if (unit < 0x80) {
            decoded[used++] = (byte) unit;
            return;
        }
        // Never longer than the escape that it stands for.
        byte[] encoded = Character.toString(unit).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, decoded, used, encoded.length);
        used += encoded.length;
    }

    private int hex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 4 | Character.digit(line[at++], 16);
        }
        return value;
    }
}
