package cairn.wire;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;

/** The library's reader, with each field name of a document translated to the tag that the adapter declares. */
final class TagReader implements JsonReader {
    private final JsonReader reader;
    private final Deque<Tags> open = new ArrayDeque<>();

    TagReader(JsonReader reader) {
        this.reader = reader;
    }

    @Override
    public void beginObject(PropertyNames names) {
        Tags tags = (Tags) names;
        open.push(tags);
        reader.beginObject(tags.plain());
    }

    @Override
    public void beginObject() {
        open.push(Tags.NONE);
        reader.beginObject();
    }

    @Override
    public void endObject() {
        open.pop();
        reader.endObject();
    }

    @Override
    public String nextField() {
        return open.element().declared(reader.nextField());
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return reader.unwrap(type);
    }

    @Override
    public void beginArray() {
        reader.beginArray();
    }

    @Override
    public void endArray() {
        reader.endArray();
    }

    @Override
    public boolean hasNextElement() {
        return reader.hasNextElement();
    }

    @Override
    public boolean hasNextField() {
        return reader.hasNextField();
    }

    @Override
    public boolean isNullValue() {
        return reader.isNullValue();
    }

    @Override
    public boolean readBoolean() {
        return reader.readBoolean();
    }

    // The library cuts numbers that do not fit, and takes text for numbers.

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
        if (reader.isNullValue()) {
            return 0;
        }
        if (reader.currentToken() != Token.NUMBER) {
            throw new JsonDataException("expected a number at " + reader.location());
        }
        BigDecimal value = reader.readDecimal();
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
        return reader.readDouble();
    }

    @Override
    public BigDecimal readDecimal() {
        return reader.readDecimal();
    }

    @Override
    public BigInteger readBigInteger() {
        return reader.readBigInteger();
    }

    @Override
    public String readString() {
        return reader.readString();
    }

    @Override
    public byte[] readBinary() {
        return reader.readBinary();
    }

    @Override
    public String readRaw() {
        return reader.readRaw();
    }

    @Override
    public String location() {
        return reader.location();
    }

    @Override
    public Token currentToken() {
        return reader.currentToken();
    }

    @Override
    public void skipValue() {
        reader.skipValue();
    }

    @Override
    public void unmappedField(String fieldName) {
        reader.unmappedField(fieldName);
    }

    @Override
    public void close() {
        reader.close();
    }
}
