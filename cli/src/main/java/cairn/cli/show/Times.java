package cairn.cli.show;

import cairn.cli.args.UsageException;
import cairn.wire.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time, as Docker prints and accepts them. */
public final class Times {
    private Times() {}

    /** {@code 2023-11-14 22:13:20 +0000 UTC}, in the local zone. */
    public static String stamp(long seconds) {
        ZonedDateTime time = Instant.ofEpochSecond(seconds).atZone(ZoneId.systemDefault());
        return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx ", Locale.ROOT)
                        .format(time)
                + zone(time);
    }

    private static String zone(ZonedDateTime time) {
        String name = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(time);
        return name.equals("Z") ? "UTC" : name;
    }

    /** {@code 2023-11-14T22:13:20Z}, in the local zone. */
    public static String rfc3339(long seconds) {
        ZonedDateTime time = Instant.ofEpochSecond(seconds).atZone(ZoneId.systemDefault());
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT)
                .format(time);
    }

    /** {@code 2024-01-02T03:04:05.123456789Z}, always nine digits. */
    public static String nanos(long nanoseconds) {
        long seconds = Math.floorDiv(nanoseconds, 1_000_000_000L);
        Instant instant = Instant.ofEpochSecond(seconds, Math.floorMod(nanoseconds, 1_000_000_000L));
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX", Locale.ROOT)
                .format(instant.atZone(ZoneId.systemDefault()));
    }

    /** Seconds since 1970 of an RFC 3339 text; 0 when it is none. */
    public static long seconds(String text) {
        try {
            return OffsetDateTime.parse(text).toEpochSecond();
        } catch (DateTimeException e) {
            return 0;
        }
    }

    /** {@code Tue Jan  2 03:04:05 2024} of an RFC 3339 text; the text itself when it is none. */
    public static String ansic(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            return DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .format(time);
        } catch (DateTimeException e) {
            return text;
        }
    }

    /**
     * What {@code --since} takes, as the API's {@code seconds.nanoseconds}: a span back from now ({@code 42m}), seconds since
     * 1970 with or without a fraction, or a date with or without time and zone (then the local one). "" stays "".
     *
     * @throws UsageException when it is none of these
     */
    public static String since(String text, Instant now) {
        Instant instant;
        try {
            instant = Timestamps.parse(text, now, ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw new UsageException("invalid value for time: " + e.getMessage());
        }
        if (instant == null) {
            return "";
        }
        String nanos = Integer.toString(1_000_000_000 + instant.getNano()).substring(1);
        return instant.getEpochSecond() + "." + nanos;
    }
}
