package cairn.cli.verb;

import cairn.wire.Filters;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code --filter key=value}, repeatable, as the API's parameter. */
final class FilterFlag {
    private FilterFlag() {}

    /** The parameter's text; "" without filters. */
    static String encode(List<String> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        Map<String, Set<String>> values = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals > 0) {
                String key = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                Set<String> set = values.get(key);
                if (set == null) {
                    set = new LinkedHashSet<>();
                    values.put(key, set);
                }
                set.add(text.substring(equals + 1).strip());
            }
        }
        return new Filters(values).encode();
    }
}
