package cairn.cli.args;

import org.jspecify.annotations.Nullable;

/** Go's durations: {@code 300ms}, {@code 1h30m}, {@code 1.5h}, {@code 0}. */
public final class Durations {
    private static final String[] UNITS = {"ns", "us", "µs", "ms", "s", "m", "h"};
    private static final long[] NANOS = {1, 1000, 1000, 1_000_000, 1_000_000_000L, 60_000_000_000L, 3600_000_000_000L};

    private Durations() {}

    /**
     * Nanoseconds.
     *
     * @throws UsageException when the text is no duration
     */
    public static long parse(String text) {
        String fault = fault(text);
        if (fault != null) {
            throw new UsageException(fault);
        }
        return read(text);
    }

    static @Nullable String fault(String text) {
        try {
            read(text);
            return null;
        } catch (UsageException e) {
            return e.getMessage();
        }
    }

    private static long read(String text) {
        boolean negative = text.startsWith("-");
        int at = negative || text.startsWith("+") ? 1 : 0;
        if (text.substring(at).equals("0")) {
            return 0;
        }
        if (at == text.length()) {
            throw new UsageException("time: invalid duration \"" + text + "\"");
        }
        double sum = 0;
        while (at < text.length()) {
            int end = at;
            while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
                end++;
            }
            int next = end;
            while (next < text.length() && !Character.isDigit(text.charAt(next)) && text.charAt(next) != '.') {
                next++;
            }
            sum += number(text, at, end) * unit(text, end, next);
            at = next;
        }
        return (long) (negative ? -sum : sum);
    }

    private static double number(String text, int from, int to) {
        try {
            return Double.parseDouble(text.substring(from, to));
        } catch (NumberFormatException e) {
            throw new UsageException("time: invalid duration \"" + text + "\"");
        }
    }

    private static long unit(String text, int from, int to) {
        String unit = text.substring(from, to);
        if (unit.isEmpty()) {
            throw new UsageException("time: missing unit in duration \"" + text + "\"");
        }
        for (int i = 0; i < UNITS.length; i++) {
            if (UNITS[i].equals(unit)) {
                return NANOS[i];
            }
        }
        throw new UsageException("time: unknown unit \"" + unit + "\" in duration \"" + text + "\"");
    }
}
