package cairn.wire;

/** How far something is, drawn with fifty strokes: what Docker's daemon puts into {@code progress}, to the letter. */
public final class ProgressBar {
    private static final int WIDTH = 50;
    private static final int NUMBER = 8;

    private ProgressBar() {}

    /**
     * Such as {@code [=====>      ]  36.45kB/1.007MB}; empty where nothing is known.
     *
     * @param current bytes; may be more than the total
     * @param total bytes; 0 where it is not known
     */
    public static String text(long current, long total) {
        if (current <= 0 && total <= 0) {
            return "";
        }
        String count = Sizes.precise(current);
        String padded = " ".repeat(Math.max(0, NUMBER - count.length())) + count;
        if (total <= 0) {
            return padded;
        }
        int filled = Math.min(WIDTH, (int) ((double) current / total * 100) / 2);
        String bar = "[" + "=".repeat(filled) + ">" + " ".repeat(WIDTH - filled) + "] ";
        return bar + padded + (current > total ? "" : "/" + Sizes.precise(total));
    }
}
