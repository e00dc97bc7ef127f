package cairn.wire;

import java.nio.charset.StandardCharsets;

/** A place in a document that {@link JsonSyntax} has already accepted, so nothing here looks for mistakes. */
final class JsonCursor {
    private final byte[] json;
    private int at;

    JsonCursor(byte[] json) {
        this.json = json;
    }

    int offset() {
        return at;
    }

    /** The first byte of what comes next, which stays there; space before it is skipped. */
    byte peek() {
        while (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t') {
            at++;
        }
        return json[at];
    }

    /** Steps over the next byte, a bracket, comma or colon. */
    void step() {
        peek();
        at++;
    }

    /** Whether another element or field follows, before the bracket that ends its array or object; steps over the comma. */
    boolean another(char end) {
        byte next = peek();
        if (next == ',') {
            at++;
        }
        return next != end;
    }

    /** Steps over a null, if there is one. */
    boolean nil() {
        boolean nil = peek() == 'n';
        if (nil) {
            at += 4;
        }
        return nil;
    }

    boolean bool() {
        boolean value = peek() == 't';
        at += value ? 4 : 5;
        return value;
    }

    /** The digits of a number as they stand there. */
    String number() {
        peek();
        int start = at;
        while (at < json.length && "+-.eE0123456789".indexOf(json[at]) >= 0) {
            at++;
        }
        return new String(json, start, at - start, StandardCharsets.US_ASCII);
    }

    String string() {
        step();
        int start = at;
        while (json[at] != '"') {
            if (json[at] == '\\') {
                return escaped(start);
            }
            at++;
        }
        return new String(json, start, at++ - start, StandardCharsets.UTF_8);
    }

    private String escaped(int start) {
        StringBuilder text = new StringBuilder(new String(json, start, at - start, StandardCharsets.UTF_8));
        while (json[at] != '"') {
            if (json[at] == '\\') {
                text.append(escape(json[at + 1]));
                at += 2;
            } else {
                int from = at;
                while (json[at] != '"' && json[at] != '\\') {
                    at++;
                }
                text.append(new String(json, from, at - from, StandardCharsets.UTF_8));
            }
        }
        at++;
        return text.toString();
    }

    private char escape(byte code) {
        return switch (code) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                String digits = new String(json, at + 2, 4, StandardCharsets.US_ASCII);
                at += 4;
                yield (char) Integer.parseInt(digits, 16);
            }
            default -> (char) code;
        };
    }

    /** Steps over a whole value. */
    void skip() {
        int depth = 0;
        do {
            switch (peek()) {
                case '{', '[' -> {
                    at++;
                    depth++;
                }
                case '}', ']' -> {
                    at++;
                    depth--;
                }
                case ',', ':' -> at++;
                case '"' -> skipString();
                case 't', 'n' -> at += 4;
                case 'f' -> at += 5;
                default -> number();
            }
        } while (depth > 0);
    }

    private void skipString() {
        at++;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    /** The text from an offset to here. */
    String since(int offset) {
        return new String(json, offset, at - offset, StandardCharsets.UTF_8);
    }
}
