package cairn.cli.progress;

/** How long something will take, briefly: {@code 9s}, {@code 1m20s}, {@code 2h05m}. */
final class Spans {
    private static final long DAY = 24L * 3600;

    private Spans() {}

    static String of(double seconds) {
        long whole = (long) Math.ceil(seconds);
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3600) {
            return whole / 60 + "m" + two(whole % 60) + "s";
        }
        return whole < DAY ? whole / 3600 + "h" + two(whole / 60 % 60) + "m" : "days";
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
