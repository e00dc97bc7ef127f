package cairn.cli.template;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What Go's template package knows of a value: its truth, its text, the name of its type. */
final class Values {
    private Values() {}

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean flag -> flag;
            case String text -> !text.isEmpty();
            case Number number -> number.doubleValue() != 0;
            case Collection<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            case Nil _ -> false;
            default -> true;
        };
    }

    /** As fmt's {@code %v} prints it; a null by itself is {@code <no value>}, one within is {@code <nil>}. */
    static String shown(@Nullable Object value) {
        return value == null ? "<no value>" : within(value);
    }

    static String within(@Nullable Object value) {
        return switch (value) {
            case null -> "<nil>";
            case String text -> text;
            case Number number -> Numbers.shown(number);
            case Collection<?> list -> list(list);
            case Map<?, ?> map -> map(map);
            case Fields fields -> map(fields.all());
            case Nil nil -> nil.text();
            default -> String.valueOf(value);
        };
    }

    private static String list(Collection<?> list) {
        StringBuilder out = new StringBuilder("[");
        for (Object item : list) {
            out.append(out.length() == 1 ? "" : " ").append(within(item));
        }
        return out.append(']').toString();
    }

    private static String map(Map<?, ?> map) {
        StringBuilder out = new StringBuilder("map[");
        for (Map.Entry<?, ?> entry : sorted(map).entrySet()) {
            out.append(out.length() == 4 ? "" : " ")
                    .append(entry.getKey())
                    .append(':')
                    .append(within(entry.getValue()));
        }
        return out.append(']').toString();
    }

    static Map<String, @Nullable Object> sorted(Map<?, ?> map) {
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            sorted.put(String.valueOf(entry.getKey()), entry.getValue());
        }
        return sorted;
    }

    static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "nil";
            case String _ -> "string";
            case Boolean _ -> "bool";
            case Number number -> Numbers.integral(number) ? "int" : "float64";
            case Map<?, ?> _ -> "map[string]interface {}";
            case Nil nil when nil == Nil.MAP -> "map[string]string";
            case Collection<?> list -> list.isEmpty() || !Functions.strings(list) ? "[]interface {}" : "[]string";
            case Fields fields -> fields.type();
            default -> "interface {}";
        };
    }
}
