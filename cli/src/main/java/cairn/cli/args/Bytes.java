package cairn.cli.args;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Sizes as Docker's flags take them: {@code 64m}, {@code 1.5GiB}, {@code -1}; all units are powers of 1024. */
public final class Bytes {
    private static final String UNITS = "kmgtpe";

    private Bytes() {}

    /**
     * Number of bytes, -1 for unlimited.
     *
     * @throws UsageException when the text is no size
     */
    public static long parse(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw new UsageException(fault);
        }
        return value(text);
    }

    static @Nullable String fault(String text) {
        if (text.equals("-1")) {
            return null;
        }
        int end = endOfNumber(text);
        String suffix = suffix(text, end);
        if (end == 0 || text.startsWith("-")) {
            return "invalid size: '" + text + "'";
        }
        return shift(suffix) < 0 || number(text, end) < 0
                ? "invalid suffix: '" + text.substring(end).strip() + "'"
                : null;
    }

    private static long value(String text) {
        if (text.equals("-1")) {
            return -1;
        }
        int end = endOfNumber(text);
        return (long) (number(text, end) * (double) (1L << shift(suffix(text, end))));
    }

    /** The same for sizes as listings show them, whose units are powers of 1000 but for {@code KiB} and the like. */
    public static long onDisk(String text) {
        parse(text);
        int end = endOfNumber(text);
        String suffix = suffix(text, end);
        return text.equals("-1") || suffix.endsWith("ib")
                ? value(text)
                : (long) (number(text, end) * Math.pow(1000, shift(suffix) / 10.0));
    }

    private static String suffix(String text, int end) {
        return text.substring(end).strip().toLowerCase(Locale.ROOT);
    }

    private static int endOfNumber(String text) {
        int end = 0;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        return end;
    }

    private static double number(String text, int end) {
        try {
            return Double.parseDouble(text.substring(0, end));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Power of two of "", b, k, kb, kib and so on; -1 for anything else. */
    private static int shift(String suffix) {
        if (suffix.isEmpty() || suffix.equals("b")) {
            return 0;
        }
        int unit = UNITS.indexOf(suffix.charAt(0));
        String rest = suffix.substring(1);
        boolean known = unit >= 0 && (rest.isEmpty() || rest.equals("b") || rest.equals("ib"));
        return known ? 10 * (unit + 1) : -1;
    }
}
