package cairn.cli.args;

import org.jspecify.annotations.Nullable;

/** What a flag takes: the word that help shows for it, whether it may be repeated, and which values it refuses. */
public enum Kind {
    /** Takes a value only after {@code =}. */
    BOOL("", false),
    STRING("string", false),
    INT("int", false),
    UINT16("uint16", false),
    DECIMAL("decimal", false),
    BYTES("bytes", false),
    DURATION("duration", false),
    LIST("list", true),
    /** Repeatable, and each value may hold several, separated by commas. */
    STRINGS("strings", true),
    MAP("map", true),
    FILTER("filter", true),
    MOUNT("mount", true),
    NETWORK("network", true),
    ULIMIT("ulimit", true),
    GPUS("gpu-request", true);

    private final String word;
    private final boolean repeatable;

    Kind(String word, boolean repeatable) {
        this.word = word;
        this.repeatable = repeatable;
    }

    String word() {
        return word;
    }

    boolean repeatable() {
        return repeatable;
    }

    /** Why the value does not fit, or null. */
    @Nullable
    String fault(String value) {
        return switch (this) {
            case BOOL -> truth(value) == null ? number("ParseBool", value, "invalid syntax") : null;
            case INT -> integer(value);
            case UINT16 -> small(value);
            case DECIMAL -> Decimals.nano(value) < 0 ? "failed to parse " + value + " as a rational number" : null;
            case BYTES -> Bytes.fault(value);
            case DURATION -> Durations.fault(value);
            case FILTER ->
                value.isEmpty() || value.indexOf('=') >= 0 ? null : "bad format of filter (expected name=value)";
            case ULIMIT -> ulimit(value);
            case STRING, LIST, STRINGS, MAP, MOUNT, NETWORK, GPUS -> null;
        };
    }

    /** The words of Go's strconv.ParseBool; null for any other. */
    static @Nullable Boolean truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> true;
            case "0", "f", "F", "false", "FALSE", "False" -> false;
            default -> null;
        };
    }

    private static @Nullable String integer(String value) {
        try {
            Long.parseLong(value);
            return null;
        } catch (NumberFormatException e) {
            return number("ParseInt", value, digits(value, true) ? "value out of range" : "invalid syntax");
        }
    }

    private static @Nullable String small(String value) {
        if (!digits(value, false)) {
            return number("ParseUint", value, "invalid syntax");
        }
        return value.length() > 9 || Integer.parseInt(value) > 65535
                ? number("ParseUint", value, "value out of range")
                : null;
    }

    /** {@code NAME=SOFT[:HARD]}, numbers or -1 (setrlimit(2)). */
    private static @Nullable String ulimit(String value) {
        int equals = value.indexOf('=');
        if (equals <= 0) {
            return "invalid ulimit argument: " + value;
        }
        String limits = value.substring(equals + 1);
        int colon = limits.indexOf(':');
        String soft = colon < 0 ? limits : limits.substring(0, colon);
        String hard = colon < 0 ? limits : limits.substring(colon + 1);
        String fault = integer(soft);
        if (fault == null) {
            fault = integer(hard);
        }
        if (fault == null && !hard.equals("-1") && Long.parseLong(soft) > Long.parseLong(hard)) {
            return "ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard;
        }
        return fault;
    }

    private static boolean digits(String value, boolean signed) {
        int start = signed && (value.startsWith("-") || value.startsWith("+")) ? 1 : 0;
        for (int i = start; i < value.length(); i++) {
            if (value.charAt(i) < '0' || value.charAt(i) > '9') {
                return false;
            }
        }
        return value.length() > start;
    }

    private static String number(String function, String value, String why) {
        return "strconv." + function + ": parsing \"" + value + "\": " + why;
    }
}
