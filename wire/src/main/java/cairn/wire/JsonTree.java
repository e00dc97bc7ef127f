package cairn.wire;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds plain values from a document that {@link JsonSyntax} has accepted. */
final class JsonTree {
    private final JsonCursor cursor;

    private JsonTree(JsonCursor cursor) {
        this.cursor = cursor;
    }

    static @Nullable Object read(byte[] json) {
        return new JsonTree(new JsonCursor(json)).value();
    }

    private @Nullable Object value() {
        return switch (cursor.peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> cursor.string();
            case 't', 'f' -> cursor.bool();
            case 'n' -> cursor.nil() ? null : value();
            default -> number(cursor.number());
        };
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        cursor.step();
        while (cursor.another('}')) {
            String name = cursor.string();
            cursor.step();
            map.put(name, value());
        }
        cursor.step();
        return map;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> list = new ArrayList<>();
        cursor.step();
        while (cursor.another(']')) {
            list.add(value());
        }
        cursor.step();
        return list;
    }

    private static Object number(String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return new BigDecimal(digits);
        }
    }
}
