package cairn.wire.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The query of a request; a name may occur several times. */
public final class Query {
    static final Query EMPTY = new Query(Map.of());

    private static final int MAX_PARAMETERS = 1000;

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /** Reads {@code a=b&c=d} with percent and plus decoding. */
    static Query parse(String text) throws MalformedRequestException {
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (int at = 0; at < text.length(); ) {
            int end = text.indexOf('&', at);
            String pair = text.substring(at, end < 0 ? text.length() : end);
            at = end < 0 ? text.length() : end + 1;
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MAX_PARAMETERS) {
                throw new MalformedRequestException(400, "more than " + MAX_PARAMETERS + " query parameters");
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
        return new Query(values);
    }

    /** Percent decoding of UTF-8; in queries a plus sign is a space. */
    static String decode(String text, boolean plus) throws MalformedRequestException {
        if (text.indexOf('%') < 0 && !(plus && text.indexOf('+') >= 0)) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new MalformedRequestException(400, "invalid URL escape in \"" + text + "\"");
                }
                bytes.write((high << 4) | low);
                i += 2;
            } else {
                bytes.write(plus && c == '+' ? ' ' : c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The first value, or "" when the name does not occur. */
    public String get(String name) {
        return values.getOrDefault(name, List.of("")).getFirst();
    }

    /** All values in order. */
    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Set<String> names() {
        return values.keySet();
    }

    /** Docker's reading of a switch: absent, empty, 0, no, false and none are off, anything else is on. */
    public boolean flag(String name) {
        return switch (get(name).strip().toLowerCase(Locale.ROOT)) {
            case "", "0", "no", "false", "none" -> false;
            default -> true;
        };
    }

    /** Like {@link #flag(String)}, with another value for an absent name. */
    public boolean flag(String name, boolean absent) {
        return has(name) ? flag(name) : absent;
    }

    /**
     * A whole number.
     *
     * @param absent the value when the name does not occur or is empty
     * @throws NumberFormatException when the value is not a whole number
     */
    public long number(String name, long absent) {
        String value = get(name);
        return value.isEmpty() ? absent : Long.parseLong(value);
    }
}
