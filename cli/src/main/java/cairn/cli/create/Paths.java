package cairn.cli.create;

import java.nio.file.Path;

/** Sources of mounts on this machine. */
final class Paths {
    private Paths() {}

    /** A path that starts with a dot is taken from the working directory; anything else is left alone. */
    static String absolute(String source) {
        boolean relative =
                source.equals(".") || source.equals("..") || source.startsWith("./") || source.startsWith("../");
        return relative ? Path.of(source).toAbsolutePath().normalize().toString() : source;
    }

    /** {@code -v} with such a source made absolute. */
    static String volume(String text) {
        int colon = text.indexOf(':');
        return colon < 0 ? text : absolute(text.substring(0, colon)) + text.substring(colon);
    }
}
