package cairn.wire;

/**
 * Checks that bytes are exactly one JSON document (RFC 8259), nested no deeper than {@link #MAX_DEPTH}. The readers behind it
 * need not look for mistakes.
 */
final class JsonSyntax {
    static final int MAX_DEPTH = 64;

    private final byte[] json;
    private int at;

    private JsonSyntax(byte[] json) {
        this.json = json;
    }

    /**
     * Passes or throws.
     *
     * @throws JsonException naming the offending character and its offset
     */
    static void check(byte[] json) {
        JsonSyntax syntax = new JsonSyntax(json);
        syntax.value(0);
        syntax.skipSpace();
        if (syntax.at < json.length) {
            throw syntax.unexpected("after the document");
        }
    }

    private void value(int depth) {
        skipSpace();
        switch (peek("at the start of a value")) {
            case '{' -> object(depth + 1);
            case '[' -> array(depth + 1);
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void object(int depth) {
        open(depth);
        if (closes('}')) {
            return;
        }
        do {
            skipSpace();
            string();
            skipSpace();
            expect(':', "after a field name");
            value(depth);
        } while (another('}', "in an object"));
    }

    private void array(int depth) {
        open(depth);
        if (closes(']')) {
            return;
        }
        do {
            value(depth);
        } while (another(']', "in an array"));
    }

    private void open(int depth) {
        if (depth > MAX_DEPTH) {
            throw new JsonException("JSON is nested more than " + MAX_DEPTH + " deep at offset " + at);
        }
        at++;
    }

    private boolean closes(char end) {
        skipSpace();
        if (peek("in an object or array") != end) {
            return false;
        }
        at++;
        return true;
    }

    private boolean another(char end, String where) {
        skipSpace();
        int c = peek(where);
        if (c != ',' && c != end) {
            throw unexpected(where);
        }
        at++;
        return c == ',';
    }

    private void string() {
        expect('"', "where a string should start");
        while (true) {
            int c = peek("in a string");
            if (c >= 0 && c < 0x20) {
                throw unexpected("in a string");
            }
            at++;
            if (c == '"') {
                return;
            }
            if (c == '\\') {
                escape();
            }
        }
    }

    private void escape() {
        int c = peek("in an escape");
        if ("\"\\/bfnrtu".indexOf(c) < 0) {
            throw unexpected("in an escape");
        }
        at++;
        for (int i = 0; c == 'u' && i < 4; i++) {
            if (Character.digit(peek("in an escape"), 16) < 0) {
                throw unexpected("in an escape");
            }
            at++;
        }
    }

    private void word(String word) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i), "in " + word);
        }
    }

    private void number() {
        take('-');
        if (!take('0')) {
            digits();
        }
        if (take('.')) {
            digits();
        }
        if (take('e') || take('E')) {
            if (!take('+')) {
                take('-');
            }
            digits();
        }
    }

    private void digits() {
        int start = at;
        while (at < json.length && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw unexpected("where a value should be");
        }
    }

    private boolean take(char c) {
        if (at < json.length && json[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c, String where) {
        if (peek(where) != c) {
            throw unexpected(where);
        }
        at++;
    }

    private int peek(String where) {
        if (at >= json.length) {
            throw unexpected(where);
        }
        return json[at];
    }

    private void skipSpace() {
        while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    private JsonException unexpected(String where) {
        if (at >= json.length) {
            return new JsonException("unexpected end of JSON input");
        }
        int c = json[at] & 0xff;
        String shown = c >= 0x20 && c < 0x7f ? "'" + (char) c + "'" : "0x%02x".formatted(c);
        return new JsonException("invalid character " + shown + " " + where + " at offset " + at);
    }
}
