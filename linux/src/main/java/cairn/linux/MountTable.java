package cairn.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads mount tables. An entry that comes later in the list was mounted later and hides earlier ones at the same place. */
public final class MountTable {
    private MountTable() {}

    /** The mount table of this process. */
    public static List<MountEntry> read() {
        return readFile("/proc/thread-self/mountinfo");
    }

    /** The mount table as that process sees it, paths relative to its root. ESRCH if there is no such process. */
    public static List<MountEntry> read(int pid) {
        return readFile("/proc/" + pid + "/mountinfo");
    }

    private static List<MountEntry> readFile(String path) {
        byte[] content = FileCalls.read(path);
        if (content == null) {
            throw new LinuxException("read", path, Errno.ESRCH);
        }
        return parse(new String(content, StandardCharsets.UTF_8));
    }

    /**
     * Parses the text of a mountinfo file.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public static List<MountEntry> parse(String text) {
        List<MountEntry> table = new ArrayList<>();
        text.lines().filter(line -> !line.isEmpty()).forEach(line -> table.add(entry(line)));
        return List.copyOf(table);
    }

    private static MountEntry entry(String line) {
        List<String> fields = Arrays.asList(line.split(" ", -1));
        int dash = fields.indexOf("-");
        if (dash < 6 || fields.size() != dash + 4) {
            throw new IllegalArgumentException("not a line of mountinfo: " + line);
        }
        return new MountEntry(
                Integer.parseInt(fields.get(0)),
                Integer.parseInt(fields.get(1)),
                fields.get(2),
                unescape(fields.get(3)),
                unescape(fields.get(4)),
                fields.get(5),
                fields.subList(6, dash),
                fields.get(dash + 1),
                unescape(fields.get(dash + 2)),
                unescape(fields.get(dash + 3)));
    }

    /** The kernel writes space, tab, newline and backslash as a backslash and three octal digits. */
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            int code = field.charAt(i) == '\\' ? octal(field, i + 1) : -1;
            text.append(code < 0 ? field.charAt(i) : (char) code);
            i += code < 0 ? 0 : 3;
        }
        return text.toString();
    }

    private static int octal(String field, int start) {
        if (start + 3 > field.length()) {
            return -1;
        }
        int code = 0;
        for (int i = start; i < start + 3; i++) {
            int digit = Character.digit(field.charAt(i), 8);
            if (digit < 0) {
                return -1;
            }
            code = code * 8 + digit;
        }
        return code;
    }

    /** The topmost mount exactly at this absolute path, or null. */
    public static @Nullable MountEntry at(List<MountEntry> table, String path) {
        MountEntry found = null;
        for (MountEntry entry : table) {
            if (entry.mountPoint().equals(path)) {
                found = entry;
            }
        }
        return found;
    }

    /** The mount that an absolute, normal path without links lies on, or null if the table has no root. */
    public static @Nullable MountEntry holding(List<MountEntry> table, String path) {
        MountEntry found = null;
        for (MountEntry entry : table) {
            boolean deeper = found == null
                    || entry.mountPoint().length() >= found.mountPoint().length();
            if (deeper && isBelow(path, entry.mountPoint())) {
                found = entry;
            }
        }
        return found;
    }

    /** All mounts at or below this absolute path, in the order in which they can be undone. */
    public static List<MountEntry> below(List<MountEntry> table, String path) {
        List<MountEntry> found = new ArrayList<>();
        for (MountEntry entry : table) {
            if (isBelow(entry.mountPoint(), path)) {
                found.add(entry);
            }
        }
        Collections.reverse(found);
        return found;
    }

    private static boolean isBelow(String path, String directory) {
        return directory.equals("/")
                || (path.startsWith(directory)
                        && (path.length() == directory.length() || path.charAt(directory.length()) == '/'));
    }
}
