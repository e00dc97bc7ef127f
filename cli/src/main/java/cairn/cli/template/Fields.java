package cairn.cli.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Data whose fields are computed when a template asks for them; a field may take arguments. */
public interface Fields {
    /** Whether there is such a field. */
    boolean has(String name);

    @Nullable
    Object field(String name, List<? extends @Nullable Object> arguments);

    /** The name of the type in {@code can't evaluate field X in type T}. */
    String type();

    /** All fields by name, sorted, for {@code {{json .}}}. */
    java.util.Map<String, ?> all();
}
