package cairn.wire;

import java.util.regex.Pattern;

/** A version of the Docker Engine API, such as 1.51. */
public record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    /** The oldest version that is served. */
    public static final ApiVersion OLDEST = new ApiVersion(1, 24);

    /** The version that is advertised, and used where a request names none. */
    public static final ApiVersion NEWEST = new ApiVersion(1, 51);

    private static final Pattern FORM = Pattern.compile("[0-9]{1,3}\\.[0-9]{1,3}");

    /**
     * Reads {@code major.minor}.
     *
     * @throws IllegalArgumentException for any other form
     */
    public static ApiVersion parse(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("invalid API version " + text);
        }
        int dot = text.indexOf('.');
        return new ApiVersion(Integer.parseInt(text, 0, dot, 10), Integer.parseInt(text, dot + 1, text.length(), 10));
    }

    public boolean atLeast(int major, int minor) {
        return compareTo(new ApiVersion(major, minor)) >= 0;
    }

    public boolean below(int major, int minor) {
        return !atLeast(major, minor);
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
