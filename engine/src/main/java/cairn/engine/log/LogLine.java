package cairn.engine.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one line of a json-file log: {@code {"log":"...","stream":"stdout","time":"..."}}, keys in any order, further
 * keys ignored. By hand, because reading logs back is bound by this loop.
 */
final class LogLine {
    private final byte[] line;
    private final int end;
    private int at;

    private LogLine(byte[] line, int start, int end) {
        this.line = line;
        this.at = start;
        this.end = end;
    }

    /** Null when the line is not a whole record, as after a crash in the middle of a write. */
    static @Nullable LogRecord parse(byte[] line, int start, int end) {
        try {
            return new LogLine(line, start, end).record();
        } catch (IndexOutOfBoundsException truncated) {
            return null;
        }
    }

    private @Nullable LogRecord record() {
        byte[] text = null;
        String time = null;
        int stream = 1;
        if (!take('{')) {
            return null;
        }
        while (!take('}')) {
            if (line[at] == ',') {
                at++;
            }
            byte[] name = string();
            if (!take(':')) {
                return null;
            }
            switch (new String(name, StandardCharsets.ISO_8859_1)) {
                case "log" -> text = string();
                case "stream" -> stream = string().length == 6 && line[at - 2] == 'r' ? 2 : 1;
                case "time" -> time = new String(string(), StandardCharsets.ISO_8859_1);
                default -> skipValue();
            }
        }
        return text == null || time == null ? null : new LogRecord(stream, time, text);
    }

    private boolean take(char expected) {
        if (at < end && line[at] == expected) {
            at++;
            return true;
        }
        return false;
    }

    private byte[] string() {
        if (!take('"')) {
            throw new IndexOutOfBoundsException();
        }
        int start = at;
        while (line[at] != '"') {
            if (line[at] == '\\') {
                return escaped(start);
            }
            at++;
        }
        byte[] plain = new byte[at - start];
        System.arraycopy(line, start, plain, 0, plain.length);
        at++;
        return plain;
    }

    private byte[] escaped(int start) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - start);
        out.write(line, start, at - start);
        while (line[at] != '"') {
            byte b = line[at++];
            if (b != '\\') {
                out.write(b);
                continue;
            }
            byte kind = line[at++];
            switch (kind) {
                case 'n' -> out.write('\n');
                case 'r' -> out.write('\r');
                case 't' -> out.write('\t');
                case 'b' -> out.write('\b');
                case 'f' -> out.write('\f');
                case 'u' -> codePoint(out);
                default -> out.write(kind);
            }
        }
        at++;
        return out.toByteArray();
    }

    private void codePoint(ByteArrayOutputStream out) {
        int unit = hex();
        if (Character.isHighSurrogate((char) unit) && line[at] == '\\' && line[at + 1] == 'u') {
            at += 2;
            unit = Character.toCodePoint((char) unit, (char) hex());
        }
        out.writeBytes(Character.toString(unit).getBytes(StandardCharsets.UTF_8));
    }

    private int hex() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 4 | Character.digit(line[at++], 16);
        }
        return value;
    }

    /** Values of unknown keys: strings, or objects of strings such as {@code attrs}. */
    private void skipValue() {
        int depth = 0;
        do {
            if (line[at] == '"') {
                string();
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
}
