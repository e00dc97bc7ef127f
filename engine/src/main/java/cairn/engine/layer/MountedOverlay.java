package cairn.engine.layer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An overlay mount as the kernel shows it in {@code /proc/PID/mounts}.
 *
 * @param line as it stands there
 * @param lowers topmost first, decoded
 * @param upper empty for a read-only mount
 * @param options all others
 */
public record MountedOverlay(
        String line, String mountPoint, List<String> lowers, String upper, String work, List<String> options) {
    private static final int FIELDS = 6;

    public MountedOverlay {
        lowers = List.copyOf(lowers);
        options = List.copyOf(options);
    }

    /**
     * All overlays of a table, in its order.
     *
     * @param mounts such as {@code /proc/self/mounts}
     */
    public static List<MountedOverlay> read(Path mounts) throws IOException {
        List<MountedOverlay> found = new ArrayList<>();
        // Names in it are bytes; those that are not UTF-8 must not hide the others.
        new String(Files.readAllBytes(mounts), StandardCharsets.UTF_8).lines().forEach(line -> {
            MountedOverlay overlay = parse(line);
            if (overlay != null) {
                found.add(overlay);
            }
        });
        return found;
    }

    /** The topmost mount at that place if it is an overlay, else null. */
    public static @Nullable MountedOverlay at(Path mounts, String mountPoint) throws IOException {
        MountedOverlay found = null;
        for (String line : new String(Files.readAllBytes(mounts), StandardCharsets.UTF_8).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length == FIELDS && octal(fields[1]).equals(mountPoint)) {
                found = parse(line);
            }
        }
        return found;
    }

    /** Null for a line that is no overlay's. */
    static @Nullable MountedOverlay parse(String line) {
        String[] fields = line.split(" ", -1);
        if (fields.length != FIELDS || !fields[2].equals("overlay")) {
            return null;
        }
        List<String> lowers = List.of();
        String upper = "";
        String work = "";
        List<String> options = new ArrayList<>();
        // Commas within names are escaped, so each one that stands there ends an option.
        for (String option : fields[3].split(",", -1)) {
            int equals = option.indexOf('=');
            String value = octal(option.substring(equals + 1));
            switch (equals < 0 ? "" : option.substring(0, equals)) {
                case "lowerdir" -> lowers = lowers(value);
                case "upperdir" -> upper = plain(value);
                case "workdir" -> work = plain(value);
                default -> options.add(octal(option));
            }
        }
        return new MountedOverlay(line, octal(fields[1]), lowers, upper, work, options);
    }

    /** Colons divide, but not behind a backslash (overlayfs.rst, "Multiple lower layers"). */
    private static List<String> lowers(String value) {
        List<String> lowers = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == ':') {
                lowers.add(plain(value.substring(start, i)));
                start = i + 1;
            } else if (value.charAt(i) == '\\') {
                i++;
            }
        }
        return lowers;
    }

    /** The kernel shows the options as they were given, so with the backslashes of whoever mounted. */
    private static String plain(String value) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) == '\\' && i + 1 < value.length()) {
                i++;
            }
            text.append(value.charAt(i));
        }
        return text.toString();
    }

    /** Takes back the kernel's escapes: a backslash and three octal digits. */
    private static String octal(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            boolean escape = field.charAt(i) == '\\' && i + 3 < field.length();
            text.append(escape ? (char) Integer.parseInt(field.substring(i + 1, i + 4), 8) : field.charAt(i));
            i += escape ? 3 : 0;
        }
        return text.toString();
    }
}
