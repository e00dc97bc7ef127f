package cairn.cli.template;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a value as JSON: on one line as Go's Marshal, or indented by four spaces as {@code docker inspect}. */
public final class JsonText {
    private final StringBuilder out = new StringBuilder();
    private final String step;

    private final boolean exact;
    private boolean html;

    private JsonText(String step, boolean exact) {
        this.step = step;
        this.exact = exact;
    }

    public static String compact(@Nullable Object value) {
        JsonText text = new JsonText("", false);
        text.write(value, -1);
        return text.out.toString();
    }

    public static String indented(@Nullable Object value) {
        JsonText text = new JsonText("    ", false);
        text.write(value, 0);
        return text.out.toString();
    }

    /** Each level further in by {@code step}, and numbers as they were read instead of as Go would show them. */
    public static String exact(@Nullable Object value, String step) {
        JsonText text = new JsonText(step, true);
        text.write(value, 0);
        return text.out.toString();
    }

    /** {@code depth} is negative for one line. */
    private void write(@Nullable Object value, int depth) {
        if (value == null || value instanceof Nil) {
            out.append("null");
        } else if (value instanceof String text) {
            string(text);
        } else if (value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number number) {
            out.append(exact ? number.toString() : Numbers.shown(number));
        } else if (value instanceof Fields fields) {
            // Go's encoding of a type of its own, which takes care of HTML.
            boolean before = html;
            html = true;
            map(fields.all(), depth);
            html = before;
        } else if (value instanceof Map<?, ?> map) {
            map(map, depth);
        } else if (value instanceof Collection<?> list) {
            list(list, depth);
        } else {
            string(value.toString());
        }
    }

    private void map(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        int inner = depth < 0 ? depth : depth + 1;
        out.append('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(first ? "" : ",");
            line(inner);
            string(String.valueOf(entry.getKey()));
            out.append(depth < 0 ? ":" : ": ");
            write(entry.getValue(), inner);
            first = false;
        }
        line(depth);
        out.append('}');
    }

    private void list(Collection<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        int inner = depth < 0 ? depth : depth + 1;
        out.append('[');
        boolean first = true;
        for (Object item : list) {
            out.append(first ? "" : ",");
            line(inner);
            write(item, inner);
            first = false;
        }
        line(depth);
        out.append(']');
    }

    private void line(int depth) {
        if (depth >= 0) {
            out.append('\n').repeat(step, depth);
        }
    }

    private void string(String text) {
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
                    if (c < ' ' || (html && (c == '<' || c == '>' || c == '&'))) {
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
