package cairn.engine.container;

import java.nio.file.Path;

/**
 * A path that a user names in a container, made absolute and cleaned by its text alone, as Docker does. A slash or a dot at its end
 * stays, for it says that a link there is to be followed, and that a directory is meant.
 *
 * @param clean absolute, without {@code .}, {@code ..} and doubled slashes
 * @param end empty, {@code /} or {@code /.}
 */
record PathInContainer(String clean, String end) {
    static PathInContainer parse(String text) {
        String clean = Path.of("/").resolve(text).normalize().toString();
        String end = "";
        if (!clean.equals("/")) {
            boolean dot = text.equals(".") || text.endsWith("/.");
            end = dot ? "/." : text.endsWith("/") ? "/" : "";
        } else if (text.equals(".") || text.endsWith("/.")) {
            end = ".";
        }
        return new PathInContainer(clean, end);
    }

    String text() {
        return clean + end;
    }

    boolean wantsDirectory() {
        return !end.isEmpty() || clean.equals("/");
    }

    /** The last component, as Go's {@code filepath.Base} has it: {@code .} and {@code /} included. */
    String base() {
        if (end.endsWith(".")) {
            return ".";
        }
        return clean.equals("/") ? "/" : clean.substring(clean.lastIndexOf('/') + 1);
    }

    /** What holds the last component. */
    String parent() {
        int slash = clean.lastIndexOf('/');
        return slash <= 0 ? "/" : clean.substring(0, slash);
    }
}
