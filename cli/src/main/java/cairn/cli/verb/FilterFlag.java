package cairn.cli.verb;

import cairn.cli.template.JsonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code --filter key=value}, repeatable, as the API's parameter. */
final class FilterFlag {
    private FilterFlag() {}

    /** The parameter's text; "" without filters. */
    static String encode(List<String> texts) {
        if (texts.isEmpty()) {
            return "";
        }
        Map<String, Map<String, Boolean>> values = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals > 0) {
                String key = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                Map<String, Boolean> set = values.get(key);
                if (set == null) {
                    set = new LinkedHashMap<>();
                    values.put(key, set);
                }
                set.put(text.substring(equals + 1).strip(), true);
            }
        }
        return JsonText.compact(values);
    }
}
