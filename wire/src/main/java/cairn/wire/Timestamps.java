package cairn.wire;

import static java.time.temporal.ChronoField.NANO_OF_SECOND;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times as the API reads and writes them. */
public final class Timestamps {
    /** Go's zero time, which stands for "never". */
    public static final String ZERO = "0001-01-01T00:00:00Z";

    private static final Pattern UNIX = Pattern.compile("-?[0-9]{1,12}(\\.[0-9]{1,9})?");
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]*\\.?[0-9]+|[0-9]+\\.)(ns|us|µs|μs|ms|s|m|h)");
    private static final Pattern LOCAL =
            Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}(?::[0-9]{2}){0,2}(?:\\.[0-9]{1,9})?))?");
    private static final Map<String, BigDecimal> NANOS = Map.of(
            "ns", BigDecimal.ONE,
            "us", BigDecimal.valueOf(1_000),
            "µs", BigDecimal.valueOf(1_000),
            "μs", BigDecimal.valueOf(1_000),
            "ms", BigDecimal.valueOf(1_000_000),
            "s", BigDecimal.valueOf(1_000_000_000),
            "m", BigDecimal.valueOf(60_000_000_000L),
            "h", BigDecimal.valueOf(3_600_000_000_000L));

    private Timestamps() {}

    /**
     * Reads a {@code since} or {@code until}: Unix seconds with an optional fraction, RFC 3339, a date or local time without
     * zone, or a Go duration, which counts back from {@code now}. Absent and empty are null.
     *
     * @throws IllegalArgumentException for any other form
     */
    public static @Nullable Instant parse(@Nullable String text, Instant now, ZoneId zone) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (UNIX.matcher(text).matches()) {
            return unix(text);
        }
        Duration ago = duration(text);
        if (ago != null) {
            return now.minus(ago);
        }
        try {
            return calendar(text, zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("failed to parse value as time or duration: \"" + text + "\"", e);
        }
    }

    private static Instant unix(String text) {
        int dot = text.indexOf('.');
        long seconds = Long.parseLong(dot < 0 ? text : text.substring(0, dot));
        long nanos = dot < 0 ? 0 : Long.parseLong((text.substring(dot + 1) + "00000000").substring(0, 9));
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static Instant calendar(String text, ZoneId zone) {
        Matcher local = LOCAL.matcher(text);
        if (!local.matches()) {
            return OffsetDateTime.parse(text).toInstant();
        }
        String time = local.group(2);
        if (time == null) {
            return LocalDate.parse(local.group(1)).atStartOfDay(zone).toInstant();
        }
        String full = time.length() == 2 ? time + ":00" : time;
        return LocalDateTime.parse(local.group(1) + "T" + full).atZone(zone).toInstant();
    }

    /** A Go duration such as {@code 1h30m}, {@code 1.5s} or {@code -10m}, or null when the text is not one. */
    public static @Nullable Duration duration(String text) {
        boolean negative = text.startsWith("-");
        String rest = negative || text.startsWith("+") ? text.substring(1) : text;
        if (rest.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = DURATION_PART.matcher(rest);
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (at < rest.length() && part.find(at) && part.start() == at) {
            BigDecimal amount = new BigDecimal(part.group(1));
            nanos = nanos.add(amount.multiply(NANOS.get(part.group(2))));
            at = part.end();
        }
        if (at == 0 || at < rest.length() || nanos.precision() - nanos.scale() > 18) {
            return null;
        }
        return Duration.ofNanos(negative ? -nanos.longValue() : nanos.longValue());
    }

    /** RFC 3339 in UTC with as many digits of the fraction as are needed: Go's RFC3339Nano. Null is {@link #ZERO}. */
    public static String format(@Nullable Instant time) {
        if (time == null) {
            return ZERO;
        }
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        StringBuilder text = seconds(utc);
        if (utc.get(NANO_OF_SECOND) != 0) {
            pad(text.append('.'), utc.get(NANO_OF_SECOND), 9);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        return text.append('Z').toString();
    }

    /** RFC 3339 in UTC with always nine digits of the fraction: the timestamps of logs. */
    public static String fixed(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        return pad(seconds(utc).append('.'), utc.get(NANO_OF_SECOND), 9)
                .append('Z')
                .toString();
    }

    // By hand, as this stands in front of every line of a log and DateTimeFormatter alone takes 20 ms to load.
    private static StringBuilder seconds(LocalDateTime utc) {
        StringBuilder text = new StringBuilder(30);
        pad(text, utc.getYear(), 4).append('-');
        pad(text, utc.getMonthValue(), 2).append('-');
        pad(text, utc.getDayOfMonth(), 2).append('T');
        pad(text, utc.getHour(), 2).append(':');
        pad(text, utc.getMinute(), 2).append(':');
        return pad(text, utc.getSecond(), 2);
    }

    private static StringBuilder pad(StringBuilder text, int value, int width) {
        String digits = Integer.toString(value);
        for (int i = digits.length(); i < width; i++) {
            text.append('0');
        }
        return text.append(digits);
    }
}
