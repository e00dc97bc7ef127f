package cairn.oci.json;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes JSON as Go's encoder does: compact, in the order of calls, {@code <}, {@code >} and {@code &} escaped, maps sorted. */
public final class GoJson {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT);

    private final StringBuilder out = new StringBuilder();
    private boolean comma;

    public GoJson() {}

    /** The text in quotes. */
    public static String quote(String text) {
        return new GoJson().value(text).toString();
    }

    /** A time as Go writes it (RFC 3339 with nanoseconds, no trailing zeros), always in UTC. */
    public static String time(Instant time) {
        OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
        String text = SECONDS.format(utc);
        if (utc.getNano() == 0) {
            return text + "Z";
        }
        String nanos = "%09d".formatted(utc.getNano());
        int end = nanos.length();
        while (nanos.charAt(end - 1) == '0') {
            end--;
        }
        return text + "." + nanos.substring(0, end) + "Z";
    }

    public GoJson open(char bracket) {
        separate();
        out.append(bracket);
        comma = false;
        return this;
    }

    public GoJson close(char bracket) {
        out.append(bracket);
        comma = true;
        return this;
    }

    public GoJson name(String name) {
        value(name);
        out.append(':');
        comma = false;
        return this;
    }

    public GoJson value(@Nullable String text) {
        separate();
        if (text == null) {
            out.append("null");
        } else {
            appendQuoted(text);
        }
        return this;
    }

    public GoJson value(long number) {
        separate();
        out.append(number);
        return this;
    }

    public GoJson value(boolean bool) {
        separate();
        out.append(bool);
        return this;
    }

    public GoJson member(String name, @Nullable String text) {
        return name(name).value(text);
    }

    public GoJson member(String name, long number) {
        return name(name).value(number);
    }

    public GoJson member(String name, boolean bool) {
        return name(name).value(bool);
    }

    /** Null is written as null. */
    public GoJson member(String name, @Nullable Collection<String> strings) {
        name(name);
        if (strings == null) {
            return value((String) null);
        }
        open('[');
        strings.forEach(this::value);
        return close(']');
    }

    /** Null is written as null. */
    public GoJson member(String name, @Nullable Map<String, String> strings) {
        name(name);
        if (strings == null) {
            return value((String) null);
        }
        open('{');
        new TreeMap<>(strings).forEach((BiConsumer<String, String>) this::member);
        return close('}');
    }

    /** An object of empty objects, Go's way of writing a set; null is written as null. */
    public GoJson memberSet(String name, @Nullable Collection<String> names) {
        name(name);
        if (names == null) {
            return value((String) null);
        }
        open('{');
        names.stream().sorted().forEach(member -> name(member).open('{').close('}'));
        return close('}');
    }

    /** Nothing where the text is null or empty. */
    public GoJson optional(String name, @Nullable String text) {
        return text == null || text.isEmpty() ? this : member(name, text);
    }

    public byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void separate() {
        if (comma) {
            out.append(',');
        }
        comma = true;
    }

    private void appendQuoted(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                // What might be taken for HTML, or for the end of a line in JavaScript.
                case '<', '>', '&', '\u2028', '\u2029' -> appendEscaped(c);
                default -> {
                    if (c < ' ') {
                        appendEscaped(c);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private void appendEscaped(char c) {
        out.append("\\u%04x".formatted((int) c));
    }
}
