package cairn.cli.show;

/** Ids and long texts, cut as Docker cuts them. */
public final class Shorten {
    private static final int ID = 12;

    private Shorten() {}

    /** The first 12 digits, without {@code sha256:}. */
    public static String id(String id) {
        int start = id.startsWith("sha256:") ? 7 : 0;
        return id.substring(start, Math.min(id.length(), start + ID));
    }

    /** At most so many characters, the last one an ellipsis if something is missing. */
    public static String ellipsis(String text, int most) {
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most - 1)) + "…";
    }
}
