package cairn.oci.json;

import cairn.oci.InvalidDocumentException;
import io.avaje.json.JsonException;
import io.avaje.json.JsonReader;
import io.avaje.json.stream.JsonStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One JSON text as a tree. Stricter than most readers, since two readers that understand one text differently can be played off against
 * each other: no member may appear twice, nothing may follow the value, size, depth and number of values are bounded.
 */
public final class JsonText {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_VALUES = 500_000;
    private static final JsonStream JSON = JsonStream.builder().build();

    private final String what;
    private final JsonReader reader;
    private int values;

    private JsonText(String what, JsonReader reader) {
        this.what = what;
        this.reader = reader;
    }

    /**
     * Reads a text whose value is an object.
     *
     * @param what names the document in messages
     */
    public static JsonObject object(String what, byte[] text, int maxBytes) throws InvalidDocumentException {
        if (parse(what, text, maxBytes) instanceof Map<?, ?> members) {
            return new JsonObject(what, members);
        }
        throw new InvalidDocumentException(what + " is no JSON object");
    }

    /** Reads a text whose value is an array of objects. */
    public static List<JsonObject> objects(String what, byte[] text, int maxBytes) throws InvalidDocumentException {
        if (parse(what, text, maxBytes) instanceof List<?> elements) {
            List<JsonObject> objects = new ArrayList<>();
            for (Object element : elements) {
                if (!(element instanceof Map<?, ?> members)) {
                    throw new InvalidDocumentException(what + " has an element that is no JSON object");
                }
                objects.add(new JsonObject(what, members));
            }
            return objects;
        }
        throw new InvalidDocumentException(what + " is no JSON array");
    }

    private static @Nullable Object parse(String what, byte[] text, int maxBytes) throws InvalidDocumentException {
        if (text.length > maxBytes) {
            throw new InvalidDocumentException(what + " is larger than " + maxBytes + " bytes");
        }
        scan(what, text);
        try (JsonReader reader = JSON.reader(text)) {
            return new JsonText(what, reader).value();
        } catch (JsonException
                | IllegalArgumentException
                | IllegalStateException
                | ArithmeticException
                | IndexOutOfBoundsException e) {
            throw new InvalidDocumentException(what + " is no valid JSON", e);
        }
    }

    /** Refuses what the reader lets pass: too deep nesting, text after the value, commas before a closing bracket, control characters. */
    private static void scan(String what, byte[] text) throws InvalidDocumentException {
        int depth = 0;
        boolean string = false;
        boolean done = false;
        byte before = 0;
        for (int i = 0; i < text.length; i++) {
            byte c = text[i];
            if (string) {
                if (c >= 0 && c < ' ') {
                    throw new InvalidDocumentException(what + " has a control character in a string");
                }
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    string = false;
                }
                continue;
            }
            if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
                continue;
            }
            if (done) {
                throw new InvalidDocumentException(what + " has text after its JSON value");
            }
            switch (c) {
                case '"' -> string = true;
                case '{', '[' -> {
                    if (++depth > MAX_DEPTH) {
                        throw new InvalidDocumentException(what + " is nested deeper than " + MAX_DEPTH);
                    }
                }
                case '}', ']' -> {
                    if (before == ',') {
                        throw new InvalidDocumentException(what + " is no valid JSON");
                    }
                    done = --depth == 0;
                }
                case ',' -> {
                    if (before == '{' || before == '[' || before == ',') {
                        throw new InvalidDocumentException(what + " is no valid JSON");
                    }
                }
                default -> {
                    // The reader knows the rest.
                }
            }
            before = c;
        }
        if (!done) {
            throw new InvalidDocumentException(what + " is no complete JSON object or array");
        }
    }

    private @Nullable Object value() throws InvalidDocumentException {
        if (++values > MAX_VALUES) {
            throw new InvalidDocumentException(what + " has more than " + MAX_VALUES + " JSON values");
        }
        return switch (reader.currentToken()) {
            case BEGIN_OBJECT -> members();
            case BEGIN_ARRAY -> elements();
            case STRING -> reader.readString();
            case NUMBER -> reader.readDecimal();
            case BOOLEAN -> reader.readBoolean();
            case NULL -> {
                if (!reader.isNullValue()) {
                    throw new InvalidDocumentException(what + " is no valid JSON");
                }
                yield null;
            }
        };
    }

    private Map<String, @Nullable Object> members() throws InvalidDocumentException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        reader.beginObject();
        while (reader.hasNextField()) {
            String name = reader.nextField();
            if (members.containsKey(name)) {
                throw new InvalidDocumentException(what + " has member " + GoJson.quote(name) + " twice");
            }
            members.put(name, value());
        }
        reader.endObject();
        return members;
    }

    private List<@Nullable Object> elements() throws InvalidDocumentException {
        List<@Nullable Object> elements = new ArrayList<>();
        reader.beginArray();
        while (reader.hasNextElement()) {
            elements.add(value());
        }
        reader.endArray();
        return elements;
    }
}
