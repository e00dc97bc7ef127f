package cairn.cli.copy;

/**
 * A path as a user has written it, on either side of a copy. A slash or a dot at its end means something: that it is a directory, and with a dot,
 * that what is in it is meant.
 *
 * @param path cleaned by its text alone; absolute in a container
 * @param slash whether it ended in a slash or a dot
 */
record Place(String path, boolean slash, boolean dot) {
    static Place of(String text) {
        boolean dot = text.equals(".") || text.endsWith("/.");
        String clean = java.nio.file.Path.of(text).normalize().toString();
        return new Place(clean.isEmpty() ? "." : clean, dot || text.endsWith("/"), dot);
    }

    /** The last component; a dot for the content of a directory, a slash for the root. */
    String base() {
        if (dot) {
            return ".";
        }
        return path.equals("/") ? "/" : path.substring(path.lastIndexOf('/') + 1);
    }

    /** What holds the last component; for the content of a directory the directory itself. */
    String parent() {
        if (dot) {
            return path;
        }
        int end = path.lastIndexOf('/');
        return end < 0 ? "." : end == 0 ? "/" : path.substring(0, end);
    }
}
