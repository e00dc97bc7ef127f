package cairn.oci.json;

import cairn.oci.InvalidDocumentException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One JSON text as a tree (RFC 8259). Read by hand and strictly, since two readers that understand one text differently can be played off
 * against each other: no member may appear twice, nothing may follow the value, size, depth and number of values are bounded. Single
 * strings are not: labels of several hundred kilobytes are in use.
 */
public final class JsonText {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_VALUES = 500_000;
    private static final int MAX_NUMBER = 40;
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

    private final String what;
    private final byte[] text;
    private int at;
    private int depth;
    private int values;

    private JsonText(String what, byte[] text) {
        this.what = what;
        this.text = text;
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
        JsonText reader = new JsonText(what, text);
        Object value = reader.value();
        if (reader.token() >= 0) {
            throw new InvalidDocumentException(what + " has text after its JSON value");
        }
        return value;
    }

    private @Nullable Object value() throws InvalidDocumentException {
        if (++values > MAX_VALUES) {
            throw new InvalidDocumentException(what + " has more than " + MAX_VALUES + " JSON values");
        }
        return switch (token()) {
            case '{' -> members();
            case '[' -> elements();
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members() throws InvalidDocumentException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        enter();
        if (token() != '}') {
            do {
                if (token() != '"') {
                    throw invalid();
                }
                String name = string();
                expect(':');
                if (members.containsKey(name)) {
                    throw new InvalidDocumentException(what + " has member " + GoJson.quote(name) + " twice");
                }
                members.put(name, value());
            } while (comma());
        }
        leave('}');
        return members;
    }

    private List<@Nullable Object> elements() throws InvalidDocumentException {
        List<@Nullable Object> elements = new ArrayList<>();
        enter();
        if (token() != ']') {
            do {
                elements.add(value());
            } while (comma());
        }
        leave(']');
        return elements;
    }

    private void enter() throws InvalidDocumentException {
        at++;
        if (++depth > MAX_DEPTH) {
            throw new InvalidDocumentException(what + " is nested deeper than " + MAX_DEPTH);
        }
    }

    private void leave(char bracket) throws InvalidDocumentException {
        expect(bracket);
        depth--;
    }

    private boolean comma() {
        if (token() != ',') {
            return false;
        }
        at++;
        return true;
    }

    private void expect(char c) throws InvalidDocumentException {
        if (token() != c) {
            throw invalid();
        }
        at++;
    }

    private @Nullable Object literal(String literal, @Nullable Object value) throws InvalidDocumentException {
        for (int i = 0; i < literal.length(); i++) {
            if (at == text.length || text[at++] != literal.charAt(i)) {
                throw invalid();
            }
        }
        return value;
    }

    private BigDecimal number() throws InvalidDocumentException {
        int from = at;
        while (at < text.length && at - from <= MAX_NUMBER && "+-.eE0123456789".indexOf(text[at]) >= 0) {
            at++;
        }
        String number = new String(text, from, at - from, StandardCharsets.US_ASCII);
        if (number.length() > MAX_NUMBER || !NUMBER.matcher(number).matches()) {
            throw invalid();
        }
        try {
            return new BigDecimal(number);
        } catch (NumberFormatException e) {
            throw new InvalidDocumentException(what + " has a number out of range", e);
        }
    }

    private String string() throws InvalidDocumentException {
        int from = ++at;
        while (at < text.length && text[at] != '"' && text[at] != '\\') {
            if (text[at] >= 0 && text[at] < ' ') {
                throw new InvalidDocumentException(what + " has a control character in a string");
            }
            at++;
        }
        if (at < text.length && text[at] == '"') {
            return decoded(from, at++ - from);
        }
        return escaped(from);
    }

    /** A string that has escapes. */
    private String escaped(int from) throws InvalidDocumentException {
        StringBuilder out = new StringBuilder(decoded(from, at - from));
        while (at < text.length) {
            if (text[at] == '"') {
                at++;
                return out.toString();
            }
            if (text[at] == '\\') {
                at++;
                out.append(escape());
                continue;
            }
            int run = at;
            while (at < text.length && text[at] != '"' && text[at] != '\\') {
                if (text[at] >= 0 && text[at] < ' ') {
                    throw new InvalidDocumentException(what + " has a control character in a string");
                }
                at++;
            }
            out.append(decoded(run, at - run));
        }
        throw invalid();
    }

    private String escape() throws InvalidDocumentException {
        if (at == text.length) {
            throw invalid();
        }
        return switch (text[at++]) {
            case '"' -> "\"";
            case '\\' -> "\\";
            case '/' -> "/";
            case 'b' -> "\b";
            case 'f' -> "\f";
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case 'u' -> unicode();
            default -> throw invalid();
        };
    }

    /** Lone surrogates become U+FFFD, as for Go. */
    private String unicode() throws InvalidDocumentException {
        char first = hex();
        if (!Character.isSurrogate(first)) {
            return String.valueOf(first);
        }
        if (Character.isHighSurrogate(first) && at + 1 < text.length && text[at] == '\\' && text[at + 1] == 'u') {
            int back = at;
            at += 2;
            char second = hex();
            if (Character.isLowSurrogate(second)) {
                return new String(new char[] {first, second});
            }
            at = back;
        }
        return "\ufffd";
    }

    private char hex() throws InvalidDocumentException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = at < text.length ? Character.digit(text[at++], 16) : -1;
            if (digit < 0) {
                throw invalid();
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private String decoded(int from, int length) throws InvalidDocumentException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidDocumentException(what + " is not UTF-8", e);
        }
    }

    /** The next byte that is no space, which stays to be read; -1 at the end. */
    private int token() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
        return at < text.length ? text[at] & 0xff : -1;
    }

    private InvalidDocumentException invalid() {
        return new InvalidDocumentException(what + " is no valid JSON at byte " + at);
    }
}
