package cairn.linux;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads mount tables. An entry that comes later in the list was mounted later and hides earlier ones at the same place. */
@SuppressWarnings("DoNotCallSuggester")
public final class MountTable {
    private MountTable() {}

    /** The mount table of this process. */
    public static List<MountEntry> read() {
        throw new UnsupportedOperationException();
    }

    /** The mount table as that process sees it, paths relative to its root. ESRCH if there is no such process. */
    public static List<MountEntry> read(int pid) {
        throw new UnsupportedOperationException();
    }

    /** Parses the text of a mountinfo file. */
    public static List<MountEntry> parse(String text) {
        throw new UnsupportedOperationException();
    }

    /** The topmost mount exactly at this absolute path, or null. */
    public static @Nullable MountEntry at(List<MountEntry> table, String path) {
        throw new UnsupportedOperationException();
    }

    /** The mount that an absolute, normal path without links lies on, or null if the table has no root. */
    public static @Nullable MountEntry holding(List<MountEntry> table, String path) {
        throw new UnsupportedOperationException();
    }

    /** All mounts at or below this absolute path, in the order in which they can be undone. */
    public static List<MountEntry> below(List<MountEntry> table, String path) {
        throw new UnsupportedOperationException();
    }
}
