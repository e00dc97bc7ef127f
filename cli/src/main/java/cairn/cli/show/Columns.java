package cairn.cli.show;

import cairn.cli.template.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The columns that a listing can show: field names with their headers, in the order of definition. */
public final class Columns implements Fields {
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final String type;

    /** {@code namesAndHeaders} alternate; {@code type} is what Go calls such a row. */
    public Columns(String type, String... namesAndHeaders) {
        this.type = type;
        for (int i = 0; i < namesAndHeaders.length; i += 2) {
            headers.put(namesAndHeaders[i], namesAndHeaders[i + 1]);
        }
    }

    /** The same rows, of which some columns are not to be had. */
    public Columns without(String... names) {
        Columns fewer = new Columns(type);
        fewer.headers.putAll(headers);
        fewer.headers.keySet().removeAll(List.of(names));
        return fewer;
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    public Iterable<String> names() {
        return headers.keySet();
    }

    @Override
    public boolean has(String name) {
        return headers.containsKey(name) || name.equals("Label");
    }

    /** A label's header is the last part of its name, {@code -} and {@code _} as spaces. */
    @Override
    public Object field(String name, List<? extends @Nullable Object> arguments) {
        if (arguments.isEmpty()) {
            return header(name);
        }
        String label = String.valueOf(arguments.getFirst());
        return label.substring(label.lastIndexOf('.') + 1).replace('-', ' ').replace('_', ' ');
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public Map<String, ?> all() {
        return headers;
    }
}
