package cairn.wire;

import io.avaje.json.PropertyNames;
import io.avaje.json.stream.BytesJsonWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON as Go's encoder does with HTML escaping off: nulls are written, and a field whose tag says {@code omitempty} is
 * dropped when it is null, false, zero, "" or a list or map without elements. An object with fields is never empty.
 *
 * <p>The name of a field is held back until its value is known, and so is the bracket of a list or map that may turn out empty.
 */
final class GoWriter implements BytesJsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int NO_FIELD = -1;

    private final Deque<Tags> open = new ArrayDeque<>();
    private byte[] out = new byte[1024];
    private int length;
    private boolean comma;
    private Tags tags = Tags.NONE;
    private int field = NO_FIELD;
    private @Nullable String key;
    /** The opening bracket held back for an omitempty list or map, or 0. */
    private char held;

    private Tags heldTags = Tags.NONE;
    private int heldField = NO_FIELD;

    @Override
    public byte[] result() {
        return Arrays.copyOf(out, length);
    }

    @Override
    public void name(int position) {
        release();
        field = position;
    }

    @Override
    public void name(String name) {
        release();
        key = name;
    }

    @Override
    public void beginObject(PropertyNames names) {
        start();
        put('{');
        comma = false;
        open.push(tags);
        tags = (Tags) names;
    }

    @Override
    public void beginObject() {
        begin('{');
        open.push(tags);
        tags = Tags.NONE;
    }

    @Override
    public void endObject() {
        tags = open.pop();
        end('}');
    }

    @Override
    public void beginArray() {
        begin('[');
    }

    @Override
    public void endArray() {
        end(']');
    }

    @Override
    public void emptyArray() {
        beginArray();
        endArray();
    }

    @Override
    public void nullValue() {
        if (field != NO_FIELD && tags.omitsNull(field)) {
            field = NO_FIELD;
            return;
        }
        literal("null");
    }

    @Override
    public void value(@Nullable String value) {
        if (value == null) {
            nullValue();
        } else if (!omits(value.isEmpty())) {
            start();
            quote(value);
            comma = true;
        }
    }

    @Override
    public void value(boolean value) {
        if (!omits(!value)) {
            literal(value ? "true" : "false");
        }
    }

    @Override
    public void value(int value) {
        value((long) value);
    }

    @Override
    public void value(long value) {
        if (!omits(value == 0)) {
            literal(Long.toString(value));
        }
    }

    /** Go writes whole floats without a fraction and switches to an exponent at 1e21; the values here stay well below. */
    @Override
    public void value(double value) {
        if (!omits(value == 0)) {
            literal(
                    new BigDecimal(value).stripTrailingZeros().scale() <= 0
                            ? new BigDecimal(value).toBigInteger().toString()
                            : Double.toString(value));
        }
    }

    @Override
    public void value(@Nullable Boolean value) {
        if (value == null) {
            nullValue();
        } else {
            value(value.booleanValue());
        }
    }

    @Override
    public void value(@Nullable Integer value) {
        if (value == null) {
            nullValue();
        } else {
            value(value.longValue());
        }
    }

    @Override
    public void value(@Nullable Long value) {
        if (value == null) {
            nullValue();
        } else {
            value(value.longValue());
        }
    }

    @Override
    public void value(@Nullable Double value) {
        if (value == null) {
            nullValue();
        } else {
            value(value.doubleValue());
        }
    }

    @Override
    public void value(@Nullable BigDecimal value) {
        literal(value == null ? "null" : value.toString());
    }

    @Override
    public void value(@Nullable BigInteger value) {
        literal(value == null ? "null" : value.toString());
    }

    @Override
    public void value(byte @Nullable [] value) {
        value(value == null ? null : Base64.getEncoder().encodeToString(value));
    }

    @Override
    public void rawValue(@Nullable String json) {
        if (json == null) {
            nullValue();
        } else {
            literal(json);
        }
    }

    private boolean omits(boolean empty) {
        if (!empty || field == NO_FIELD || !tags.omitsEmpty(field)) {
            return false;
        }
        field = NO_FIELD;
        return true;
    }

    private void begin(char bracket) {
        if (field != NO_FIELD && tags.omitsEmpty(field)) {
            held = bracket;
            heldTags = tags;
            heldField = field;
            field = NO_FIELD;
        } else {
            start();
            put(bracket);
            comma = false;
        }
    }

    private void end(char bracket) {
        if (held != 0) {
            held = 0;
        } else {
            put(bracket);
            comma = true;
        }
    }

    /** Writes the held bracket with its name: something is inside after all. */
    private void release() {
        if (held != 0) {
            separate();
            put(heldTags.key(heldField));
            put(held);
            comma = false;
            held = 0;
        }
    }

    /** Writes all that stands before a value. */
    private void start() {
        release();
        separate();
        if (field != NO_FIELD) {
            put(tags.key(field));
            field = NO_FIELD;
        } else if (key != null) {
            quote(key);
            put(':');
            key = null;
        }
    }

    private void separate() {
        if (comma) {
            put(',');
        }
    }

    private void literal(String text) {
        start();
        put(text.getBytes(StandardCharsets.UTF_8));
        comma = true;
    }

    private void quote(String text) {
        put('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                escape(c);
            } else if (c < 0x80) {
                put(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                put(text.substring(i, i + 2).getBytes(StandardCharsets.UTF_8));
                i++;
            } else {
                // half a surrogate pair has no UTF-8 form: Go puts the replacement character
                wide(Character.isSurrogate(c) ? '\ufffd' : c);
            }
        }
        put('"');
    }

    private void escape(char c) {
        put('\\');
        switch (c) {
            case '"', '\\' -> put(c);
            case '\b' -> put('b');
            case '\f' -> put('f');
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            default -> {
                put('u');
                put('0');
                put('0');
                put((char) HEX[c >> 4]);
                put((char) HEX[c & 15]);
            }
        }
    }

    private void wide(char c) {
        if (c < 0x800) {
            put((char) (0xc0 | (c >> 6)));
        } else {
            put((char) (0xe0 | (c >> 12)));
            put((char) (0x80 | ((c >> 6) & 0x3f)));
        }
        put((char) (0x80 | (c & 0x3f)));
    }

    private void put(char c) {
        if (length == out.length) {
            out = Arrays.copyOf(out, 2 * length);
        }
        out[length++] = (byte) c;
    }

    private void put(byte[] bytes) {
        if (length + bytes.length > out.length) {
            out = Arrays.copyOf(out, 2 * (length + bytes.length));
        }
        System.arraycopy(bytes, 0, out, length, bytes.length);
        length += bytes.length;
    }

    @Override
    public boolean serializeNulls() {
        return true;
    }

    @Override
    public boolean serializeEmpty() {
        return true;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public void markIncomplete() {}

    @Override
    public String path() {
        return "offset " + length;
    }

    // The rest of the interface is for other ways of writing; the adapters here never call it.

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void serializeNulls(boolean serializeNulls) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void serializeEmpty(boolean serializeEmpty) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void pretty(boolean pretty) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void allNames(PropertyNames names) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void jsonValue(Object value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rawChunkStart() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rawChunk(char value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rawChunk(String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rawChunkEncode(String value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void rawChunkEnd() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void writeNewLine() {
        throw new UnsupportedOperationException();
    }
}
