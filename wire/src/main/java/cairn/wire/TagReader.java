package cairn.wire;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;

/**
 * Reads a document that {@link JsonSyntax} has accepted, with each field name translated to the tag that the adapter declares. The
 * library's own reader takes no string of more than 50,000 characters, cuts numbers that do not fit, and takes text for numbers.
 */
final class TagReader implements JsonReader {
    private final JsonCursor cursor;
    private final Deque<Tags> open = new ArrayDeque<>();

    TagReader(byte[] json) {
        this.cursor = new JsonCursor(json);
    }

    @Override
    public void beginObject(PropertyNames names) {
        expect('{', "an object");
        open.push((Tags) names);
        cursor.step();
    }

    @Override
    public void beginObject() {
        beginObject(Tags.NONE);
    }

    @Override
    public boolean hasNextField() {
        return cursor.another('}');
    }

    @Override
    public String nextField() {
        String name = cursor.string();
        cursor.step();
        return open.element().declared(name);
    }

    @Override
    public void endObject() {
        open.pop();
        cursor.step();
    }

    @Override
    public void beginArray() {
        expect('[', "a list");
        cursor.step();
    }

    @Override
    public boolean hasNextElement() {
        return cursor.another(']');
    }

    @Override
    public void endArray() {
        cursor.step();
    }

    @Override
    public boolean isNullValue() {
        return cursor.nil();
    }

    @Override
    public boolean readBoolean() {
        if (currentToken() != Token.BOOLEAN) {
            throw expected("true or false");
        }
        return cursor.bool();
    }

    @Override
    public int readInt() {
        long value = readLong();
        if ((int) value != value) {
            throw new JsonDataException("number " + value + " is out of range");
        }
        return (int) value;
    }

    @Override
    public long readLong() {
        if (isNullValue()) {
            return 0;
        }
        BigDecimal value = readDecimal();
        if (value.scale() > 0 || value.precision() - value.scale() > 19) {
            throw new JsonDataException("expected a whole number in range");
        }
        try {
            return value.longValueExact();
        } catch (ArithmeticException e) {
            throw new JsonDataException("number " + value + " is out of range");
        }
    }

    @Override
    public double readDouble() {
        return readDecimal().doubleValue();
    }

    @Override
    public BigDecimal readDecimal() {
        if (currentToken() != Token.NUMBER) {
            throw expected("a number");
        }
        return new BigDecimal(cursor.number());
    }

    @Override
    public BigInteger readBigInteger() {
        return readDecimal().toBigIntegerExact();
    }

    @Override
    public String readString() {
        expect('"', "a string");
        return cursor.string();
    }

    @Override
    public byte[] readBinary() {
        return Base64.getDecoder().decode(readString());
    }

    @Override
    public String readRaw() {
        cursor.peek();
        int start = cursor.offset();
        cursor.skip();
        return cursor.since(start);
    }

    @Override
    public Token currentToken() {
        return switch (cursor.peek()) {
            case '{' -> Token.BEGIN_OBJECT;
            case '[' -> Token.BEGIN_ARRAY;
            case '"' -> Token.STRING;
            case 't', 'f' -> Token.BOOLEAN;
            case 'n' -> Token.NULL;
            default -> Token.NUMBER;
        };
    }

    @Override
    public void skipValue() {
        cursor.skip();
    }

    @Override
    public void unmappedField(String fieldName) {
        // Clients and records may be newer than this.
    }

    @Override
    public String location() {
        return "offset " + cursor.offset();
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException("nothing is wrapped");
    }

    @Override
    public void close() {
        // Bytes in memory.
    }

    private void expect(char first, String what) {
        if (cursor.peek() != first) {
            throw expected(what);
        }
    }

    private JsonDataException expected(String what) {
        return new JsonDataException("expected " + what + " at " + location());
    }
}
