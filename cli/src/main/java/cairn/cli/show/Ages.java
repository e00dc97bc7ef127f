package cairn.cli.show;

/** Spans of time as Docker says them: {@code About a minute}, {@code 2 hours}, {@code 3 weeks}. */
public final class Ages {
    private static final int HOURS_OF_DAY = 24;

    private Ages() {}

    public static String ago(long thenSeconds, long nowSeconds) {
        return span(nowSeconds - thenSeconds) + " ago";
    }

    public static String span(long seconds) {
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        long minutes = seconds / 60;
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = (seconds + 1800) / 3600;
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        return days(hours);
    }

    private static String days(long hours) {
        if (hours < HOURS_OF_DAY * 7 * 2) {
            return hours / HOURS_OF_DAY + " days";
        }
        if (hours < HOURS_OF_DAY * 30 * 2) {
            return hours / HOURS_OF_DAY / 7 + " weeks";
        }
        if (hours < HOURS_OF_DAY * 365 * 2) {
            return hours / HOURS_OF_DAY / 30 + " months";
        }
        return hours / HOURS_OF_DAY / 365 + " years";
    }
}
