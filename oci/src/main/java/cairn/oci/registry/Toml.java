package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * As much of TOML 1.0 as settings of hosts are written in: tables, dotted and quoted keys, strings of one line, booleans, whole numbers,
 * arrays, inline tables. Anything else is refused by its line, as is a key that is given twice.
 */
final class Toml {
    static final int MAX_CHARACTERS = 256 << 10;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_VALUES = 10_000;
    private static final String BARE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    private final String what;
    private final String text;
    private final Map<String, Object> root = new LinkedHashMap<>();
    /** Tables that have had a header of their own, or were written inline: neither is given again. */
    private final Set<List<String>> closed = new HashSet<>();

    private int at;
    private int values;

    private Toml(String what, String text) {
        this.what = what;
        this.text = text;
    }

    /**
     * Reads a document; its values are strings, booleans, longs, lists and maps, in the document's order.
     *
     * @param what names it in messages
     */
    static Map<String, Object> parse(String what, String text) throws InvalidDocumentException {
        if (text.length() > MAX_CHARACTERS) {
            throw new InvalidDocumentException(what + " has more than " + MAX_CHARACTERS + " characters");
        }
        Toml reader = new Toml(what, text);
        reader.document();
        return reader.root;
    }

    private void document() throws InvalidDocumentException {
        List<String> table = List.of();
        for (skipBlank(); at < text.length(); skipBlank()) {
            if (peek() == '[') {
                table = header();
            } else {
                keyValue(tableAt(root, table, table), table);
            }
            endOfLine();
        }
    }

    private List<String> header() throws InvalidDocumentException {
        at++;
        if (peek() == '[') {
            throw wrong("arrays of tables mean nothing here");
        }
        skipSpace();
        List<String> path = key();
        expect(']');
        if (!closed.add(path)) {
            throw wrong("table " + String.join(".", path) + " is given twice");
        }
        tableAt(root, path, path);
        return path;
    }

    private void keyValue(Map<String, Object> table, List<String> path) throws InvalidDocumentException {
        List<String> key = key();
        expect('=');
        skipSpace();
        Map<String, Object> target = tableAt(table, key.subList(0, key.size() - 1), path);
        List<String> full = new ArrayList<>(path);
        full.addAll(key);
        Object value = value(1);
        if (value instanceof Map) {
            closed.add(full);
        }
        if (target.putIfAbsent(key.getLast(), value) != null) {
            throw wrong(String.join(".", full) + " is given twice");
        }
    }

    @SuppressWarnings("unchecked") // all maps here were made here
    private Map<String, Object> tableAt(Map<String, Object> from, List<String> path, List<String> named)
            throws InvalidDocumentException {
        Map<String, Object> table = from;
        for (String name : path) {
            Object inner = table.computeIfAbsent(name, n -> new LinkedHashMap<String, Object>());
            if (!(inner instanceof Map<?, ?> map)) {
                throw wrong(String.join(".", named) + " is no table");
            }
            table = (Map<String, Object>) map;
        }
        return table;
    }

    private List<String> key() throws InvalidDocumentException {
        List<String> path = new ArrayList<>();
        while (true) {
            if (path.size() == MAX_DEPTH) {
                throw wrong("a key has more than " + MAX_DEPTH + " parts");
            }
            path.add(
                    switch (peek()) {
                        case '"' -> basicString();
                        case '\'' -> literalString();
                        default -> bareKey();
                    });
            skipSpace();
            if (peek() != '.') {
                return path;
            }
            at++;
            skipSpace();
        }
    }

    private String bareKey() throws InvalidDocumentException {
        int from = at;
        while (at < text.length() && BARE.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        if (at == from) {
            throw wrong("a key was expected");
        }
        return text.substring(from, at);
    }

    private Object value(int depth) throws InvalidDocumentException {
        if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
            throw wrong(depth > MAX_DEPTH ? "values are nested too deep" : "there are too many values");
        }
        return switch (peek()) {
            case '"' -> basicString();
            case '\'' -> literalString();
            case '[' -> array(depth);
            case '{' -> inlineTable(depth);
            default -> word();
        };
    }

    private Object word() throws InvalidDocumentException {
        int from = at;
        while (at < text.length() && (BARE.indexOf(text.charAt(at)) >= 0 || "+.:".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.equals("true") || word.equals("false")) {
            return word.equals("true");
        }
        if (word.matches("[+-]?(0|[1-9](_?[0-9]){0,17})")) {
            return Long.valueOf(word.replace("_", ""));
        }
        throw wrong(word.isEmpty() ? "a value was expected" : "value " + word + " is of no kind that is read here");
    }

    private List<Object> array(int depth) throws InvalidDocumentException {
        List<Object> elements = new ArrayList<>();
        at++;
        for (skipBlank(); peek() != ']'; skipBlank()) {
            elements.add(value(depth + 1));
            skipBlank();
            if (peek() == ',') {
                at++;
            } else if (peek() != ']') {
                throw wrong("a comma or ] was expected");
            }
        }
        at++;
        return elements;
    }

    private Map<String, Object> inlineTable(int depth) throws InvalidDocumentException {
        Map<String, Object> table = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return table;
        }
        while (true) {
            List<String> key = key();
            expect('=');
            skipSpace();
            if (tableAt(table, key.subList(0, key.size() - 1), key).putIfAbsent(key.getLast(), value(depth + 1))
                    != null) {
                throw wrong(String.join(".", key) + " is given twice");
            }
            skipSpace();
            if (peek() == '}') {
                at++;
                return table;
            }
            expect(',');
            skipSpace();
        }
    }

    private String basicString() throws InvalidDocumentException {
        StringBuilder out = new StringBuilder();
        opening('"');
        while (true) {
            char c = inString();
            if (c == '"') {
                return out.toString();
            }
            out.append(c == '\\' ? escape() : String.valueOf(c));
        }
    }

    private String literalString() throws InvalidDocumentException {
        StringBuilder out = new StringBuilder();
        opening('\'');
        for (char c = inString(); c != '\''; c = inString()) {
            out.append(c);
        }
        return out.toString();
    }

    private void opening(char quote) throws InvalidDocumentException {
        if (text.startsWith(String.valueOf(quote).repeat(3), at)) {
            throw wrong("strings of several lines mean nothing here");
        }
        at++;
    }

    private char inString() throws InvalidDocumentException {
        if (at == text.length() || text.charAt(at) == '\n' || text.charAt(at) == '\r') {
            throw wrong("a string does not end on its line");
        }
        char c = text.charAt(at++);
        if (c < ' ' && c != '\t' || c == 0x7f) {
            throw wrong("a string holds a control character");
        }
        return c;
    }

    private String escape() throws InvalidDocumentException {
        char c = inString();
        return switch (c) {
            case '"', '\\' -> String.valueOf(c);
            case 'b' -> "\b";
            case 't' -> "\t";
            case 'n' -> "\n";
            case 'f' -> "\f";
            case 'r' -> "\r";
            case 'u' -> codePoint(4);
            case 'U' -> codePoint(8);
            default -> throw wrong("unknown escape \\" + c);
        };
    }

    private String codePoint(int digits) throws InvalidDocumentException {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(inString(), 16);
            if (digit < 0 || value > 0x10ffff) {
                throw wrong("a broken escape");
            }
            value = value << 4 | digit;
        }
        if (!Character.isValidCodePoint(value) || value >= 0xd800 && value < 0xe000) {
            throw wrong("an escape that is no character");
        }
        return Character.toString(value);
    }

    private void endOfLine() throws InvalidDocumentException {
        skipSpace();
        if (peek() == '#') {
            skipComment();
        }
        if (peek() == '\r') {
            at++;
        }
        if (at < text.length() && text.charAt(at) != '\n') {
            throw wrong("something follows that does not belong there");
        }
    }

    private void skipBlank() throws InvalidDocumentException {
        while (at < text.length()) {
            switch (text.charAt(at)) {
                case ' ', '\t', '\n', '\r' -> at++;
                case '#' -> skipComment();
                default -> {
                    return;
                }
            }
        }
    }

    private void skipComment() {
        while (at < text.length() && text.charAt(at) != '\n') {
            at++;
        }
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    /** The next character; at the end one that is expected nowhere. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private void expect(char c) throws InvalidDocumentException {
        skipSpace();
        if (peek() != c) {
            throw wrong("'" + c + "' was expected");
        }
        at++;
    }

    private InvalidDocumentException wrong(String why) {
        long line = 1
                + text.substring(0, Math.min(at, text.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        return new InvalidDocumentException(what + ", line " + line + ": " + why);
    }
}
