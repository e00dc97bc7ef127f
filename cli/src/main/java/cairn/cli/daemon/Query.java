package cairn.cli.daemon;

import java.nio.charset.StandardCharsets;

/** A path with parameters, percent-encoded (RFC 3986). */
public final class Query {
    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final String DIGITS = "0123456789ABCDEF";

    private final StringBuilder text;
    private boolean any;

    public Query(String path) {
        text = new StringBuilder(path);
    }

    /** A path below {@code /containers/}, with the name encoded. */
    public static Query container(String name, String rest) {
        return named("/containers/", name, rest);
    }

    /** A path below {@code /images/}; the slashes of a repository stay. */
    public static Query image(String name, String rest) {
        return named("/images/", name, rest);
    }

    private static Query named(String group, String name, String rest) {
        Query query = new Query(group);
        query.encode(name, "/:@");
        query.text.append(rest);
        return query;
    }

    public Query with(String name, String value) {
        text.append(any ? '&' : '?').append(name).append('=');
        encode(value, "");
        any = true;
        return this;
    }

    /** Appends a name to the path; slashes in it stay. */
    public Query then(String name) {
        encode(name, "/:@");
        return this;
    }

    /** Appends a word of the API to the path. */
    public Query slash(String word) {
        text.append('/').append(word);
        return this;
    }

    /** Leaves the parameter out when the value is empty. */
    public Query given(String name, String value) {
        return value.isEmpty() ? this : with(name, value);
    }

    /** {@code name=1}, or nothing. */
    public Query flag(String name, boolean on) {
        return on ? with(name, "1") : this;
    }

    private void encode(String value, String also) {
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (PLAIN.indexOf(c) >= 0 || also.indexOf(c) >= 0) {
                text.append(c);
            } else {
                text.append('%').append(DIGITS.charAt(c >> 4)).append(DIGITS.charAt(c & 15));
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
