package cairn.cli.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a template sees where a map has no such key. */
public interface Absent {
    /** No value at all, which fails with {@code map has no entry for key}. */
    enum Fault {
        NO_ENTRY
    }

    /** For {@code .name}: the value, {@link Fault}, or null for {@code <no value>}. */
    @Nullable
    Object field(Map<?, ?> map, String name);

    /** For {@code index map "name"}. */
    @Nullable
    Object element(Map<?, ?> map);

    /** Whether a field of null is null again, rather than a fault. */
    default boolean lenient() {
        return false;
    }

    /** Every absent key fails, as with Go's option missingkey=error. */
    Absent STRICT = new Absent() {
        @Override
        public Object field(Map<?, ?> map, String name) {
            return Fault.NO_ENTRY;
        }

        @Override
        public @Nullable Object element(Map<?, ?> map) {
            return null;
        }
    };

    /** Absent keys print as {@code <no value>}, Go's default. */
    Absent LENIENT = new Absent() {
        @Override
        public @Nullable Object field(Map<?, ?> map, String name) {
            return null;
        }

        @Override
        public @Nullable Object element(Map<?, ?> map) {
            return null;
        }

        @Override
        public boolean lenient() {
            return true;
        }
    };
}
