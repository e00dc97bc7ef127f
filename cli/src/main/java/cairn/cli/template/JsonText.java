package cairn.cli.template;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a value as JSON: on one line as Go's Marshal, or indented by four spaces as {@code docker inspect}. */
public final class JsonText {
    private JsonText() {}

    public static String compact(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, -1);
        return out.toString();
    }

    public static String indented(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(out, value, 0);
        return out.toString();
    }

    /** {@code depth} is negative for one line. */
    private static void write(StringBuilder out, @Nullable Object value, int depth) {
        if (value == null || value instanceof Nil) {
            out.append("null");
        } else if (value instanceof String text) {
            string(out, text);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number number) {
            out.append(Numbers.shown(number));
        } else if (value instanceof Fields fields) {
            map(out, fields.all(), depth);
        } else if (value instanceof Map<?, ?> map) {
            map(out, map, depth);
        } else if (value instanceof Collection<?> list) {
            list(out, list, depth);
        } else {
            string(out, value.toString());
        }
    }

    private static void map(StringBuilder out, Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        int inner = depth < 0 ? depth : depth + 1;
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(first ? "" : ",");
            line(out, inner);
            string(out, String.valueOf(entry.getKey()));
            out.append(depth < 0 ? ":" : ": ");
            write(out, entry.getValue(), inner);
            first = false;
        }
        line(out, depth);
        out.append('}');
    }

    private static void list(StringBuilder out, Collection<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        int inner = depth < 0 ? depth : depth + 1;
        out.append('[');
        boolean first = true;
        for (Object item : list) {
            out.append(first ? "" : ",");
            line(out, inner);
            write(out, item, inner);
            first = false;
        }
        line(out, depth);
        out.append(']');
    }

    private static void line(StringBuilder out, int depth) {
        if (depth >= 0) {
            out.append('\n').repeat(' ', 4 * depth);
        }
    }

    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\u2028' -> out.append("\\u2028");
                case '\u2029' -> out.append("\\u2029");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
