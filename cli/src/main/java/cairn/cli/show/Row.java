package cairn.cli.show;

import cairn.cli.template.Fields;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One line of a listing; its cells are computed when they are asked for. */
public abstract class Row implements Fields {
    private final Columns columns;

    protected Row(Columns columns) {
        this.columns = columns;
    }

    /** The text of a column that the listing has. */
    protected abstract String cell(String column);

    /** The value of a label; "" for rows without labels. */
    protected String label(String name) {
        return "";
    }

    @Override
    public final boolean has(String name) {
        return columns.has(name);
    }

    @Override
    public final Object field(String name, List<? extends @Nullable Object> arguments) {
        return name.equals("Label")
                ? label(arguments.isEmpty() ? "" : String.valueOf(arguments.getFirst()))
                : cell(name);
    }

    @Override
    public final String type() {
        return columns.type();
    }

    @Override
    public final Map<String, ?> all() {
        Map<String, String> all = new TreeMap<>();
        for (String name : columns.names()) {
            all.put(name, cell(name));
        }
        return all;
    }
}
