package cairn.wire;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code filters} parameter of the list, prune and events calls: for each key the values asked for. Values of one key are
 * alternatives unless the key says otherwise (labels must all match).
 */
public record Filters(Map<String, Set<String>> values) {
    public static final Filters NONE = new Filters(Map.of());

    public Filters {
        Map<String, Set<String>> copy = new LinkedHashMap<>();
        values.forEach((key, set) -> copy.put(key, Collections.unmodifiableSet(new LinkedHashSet<>(set))));
        values = Collections.unmodifiableMap(copy);
    }

    /**
     * Reads the parameter in either form: a map of lists, or a map of maps whose values are true; absent or empty is no filter.
     *
     * @throws JsonException when it is neither
     */
    public static Filters parse(@Nullable String json) {
        if (json == null || json.isEmpty()) {
            return NONE;
        }
        if (!(Json.tree(json.getBytes(StandardCharsets.UTF_8)) instanceof Map<?, ?> map)) {
            throw new JsonException("invalid filter: it must be a JSON object");
        }
        Map<String, Set<String>> values = new LinkedHashMap<>();
        map.forEach((key, entry) -> values.put((String) key, entries((String) key, entry)));
        return new Filters(values);
    }

    private static Set<String> entries(String key, @Nullable Object entry) {
        Set<String> set = new LinkedHashSet<>();
        switch (entry) {
            case null -> {}
            case List<?> list -> list.forEach(value -> set.add(text(key, value)));
            case Map<?, ?> map ->
                map.forEach((value, wanted) -> {
                    if (Boolean.TRUE.equals(wanted)) {
                        set.add((String) value);
                    }
                });
            default -> throw new JsonException("invalid filter '" + key + "': it must be a list or an object");
        }
        return set;
    }

    private static String text(String key, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new JsonException("invalid filter '" + key + "': its values must be strings");
    }

    /** The values of a key, in the order given; empty when the key is not used. */
    public Set<String> get(String key) {
        return values.getOrDefault(key, Set.of());
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** A key that is not among those allowed, or null. */
    public @Nullable String unknown(Set<String> allowed) {
        for (String key : values.keySet()) {
            if (!allowed.contains(key)) {
                return key;
            }
        }
        return null;
    }

    /**
     * The value of a key that takes true or false (also 1, 0, t, f), or null when the key is not used.
     *
     * @throws JsonException for any other value, or for both
     */
    public @Nullable Boolean flag(String key) {
        @Nullable Boolean flag = null;
        for (String value : get(key)) {
            boolean next = switch (value) {
                case "1", "t", "T", "true", "TRUE", "True" -> true;
                case "0", "f", "F", "false", "FALSE", "False" -> false;
                default -> throw new JsonException("invalid filter '" + key + "=[" + value + "]'");
            };
            if (flag != null && flag != next) {
                throw new JsonException("invalid filter '" + key + "': both true and false");
            }
            flag = next;
        }
        return flag;
    }

    /** Whether an object's labels have every label asked for by {@code key}: {@code name} alone or {@code name=value}. */
    public boolean matchesLabels(String key, Map<String, String> labels) {
        for (String wanted : get(key)) {
            int equals = wanted.indexOf('=');
            String value = labels.get(equals < 0 ? wanted : wanted.substring(0, equals));
            if (value == null || (equals >= 0 && !value.equals(wanted.substring(equals + 1)))) {
                return false;
            }
        }
        return true;
    }

    /** The map-of-maps form, which every version of the API reads. */
    public String encode() {
        Map<String, Map<String, Boolean>> map = new LinkedHashMap<>();
        values.forEach((key, set) -> {
            Map<String, Boolean> inner = new LinkedHashMap<>();
            set.forEach(value -> inner.put(value, true));
            map.put(key, inner);
        });
        return Json.text(map);
    }
}
