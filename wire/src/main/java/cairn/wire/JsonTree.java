package cairn.wire;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds plain values from a document that {@link JsonSyntax} has already accepted, so it need not look for mistakes. */
final class JsonTree {
    private final byte[] json;
    private int at;

    private JsonTree(byte[] json) {
        this.json = json;
    }

    static @Nullable Object read(byte[] json) {
        return new JsonTree(json).value();
    }

    private @Nullable Object value() {
        skipSpace();
        return switch (json[at]) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal(4, true);
            case 'f' -> literal(5, false);
            case 'n' -> literal(4, null);
            default -> number();
        };
    }

    private @Nullable Object literal(int length, @Nullable Object value) {
        at += length;
        return value;
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        at++;
        for (skipSpace(); json[at] != '}'; skipSpace()) {
            if (json[at] == ',') {
                at++;
                skipSpace();
            }
            String name = string();
            skipSpace();
            at++;
            map.put(name, value());
        }
        at++;
        return map;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> list = new ArrayList<>();
        at++;
        for (skipSpace(); json[at] != ']'; skipSpace()) {
            if (json[at] == ',') {
                at++;
            }
            list.add(value());
        }
        at++;
        return list;
    }

    private String string() {
        int start = ++at;
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

    private Object number() {
        int start = at;
        while (at < json.length && "+-.eE0123456789".indexOf(json[at]) >= 0) {
            at++;
        }
        String digits = new String(json, start, at - start, StandardCharsets.US_ASCII);
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return new BigDecimal(digits);
        }
    }

    private void skipSpace() {
        while (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t') {
            at++;
        }
    }
}
