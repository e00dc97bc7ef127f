package cairn.cli.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Go's {@code printf}: flags {@code - + 0 # space}, width, precision, verbs {@code v s q d x X o b c U t f F e g T %}. */
final class Printf {
    private final String format;
    private final List<? extends @Nullable Object> arguments;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;
    private boolean left;
    private boolean plus;
    private boolean zero;
    private boolean alternate;
    private boolean blank;
    private int width;
    private int precision;

    private Printf(String format, List<? extends @Nullable Object> arguments) {
        this.format = format;
        this.arguments = arguments;
    }

    static String print(String format, List<? extends @Nullable Object> arguments) {
        return new Printf(format, arguments).run();
    }

    private String run() {
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%') {
                out.append(c);
                continue;
            }
            flags();
            if (at >= format.length()) {
                out.append("%!(NOVERB)");
                break;
            }
            char verb = format.charAt(at++);
            if (verb == '%') {
                out.append('%');
            } else if (used >= arguments.size()) {
                out.append("%!").append(verb).append("(MISSING)");
            } else {
                pad(verb(verb, arguments.get(used++)));
            }
        }
        extra();
        return out.toString();
    }

    private void extra() {
        if (used >= arguments.size()) {
            return;
        }
        out.append("%!(EXTRA ");
        for (int i = used; i < arguments.size(); i++) {
            Object value = arguments.get(i);
            out.append(i == used ? "" : ", ");
            out.append(value == null ? "<nil>" : Values.type(value) + "=" + Values.within(value));
        }
        out.append(')');
    }

    private void flags() {
        left = plus = zero = alternate = blank = false;
        while (at < format.length()) {
            char c = format.charAt(at);
            if (c == '-') {
                left = true;
            } else if (c == '+') {
                plus = true;
            } else if (c == '0') {
                zero = true;
            } else if (c == '#') {
                alternate = true;
            } else if (c == ' ') {
                blank = true;
            } else {
                break;
            }
            at++;
        }
        width = Math.max(0, number());
        precision = -1;
        if (at < format.length() && format.charAt(at) == '.') {
            at++;
            precision = Math.max(0, number());
        }
    }

    /** Digits, or {@code *} for the next argument. */
    private int number() {
        if (at < format.length() && format.charAt(at) == '*') {
            at++;
            Object value = used < arguments.size() ? arguments.get(used++) : null;
            int given = value instanceof Number n ? n.intValue() : 0;
            left |= given < 0;
            return Math.min(Math.abs(given), 1000);
        }
        int value = -1;
        while (at < format.length() && Character.isDigit(format.charAt(at))) {
            value = Math.min(Math.max(value, 0) * 10 + format.charAt(at++) - '0', 1000);
        }
        return value;
    }

    private void pad(String text) {
        int missing = width - text.codePointCount(0, text.length());
        if (left) {
            out.append(text).repeat(' ', Math.max(0, missing));
        } else if (zero && missing > 0) {
            int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
            out.append(text, 0, sign).repeat('0', missing).append(text, sign, text.length());
        } else {
            out.repeat(' ', Math.max(0, missing)).append(text);
        }
    }

    private String verb(char verb, @Nullable Object value) {
        return switch (verb) {
            case 'v' -> value instanceof Number number ? signed(Numbers.shown(number)) : Values.within(value);
            case 'T' -> value == null ? "<nil>" : Values.type(value);
            case 't' -> value instanceof Boolean ? value.toString() : wrong(verb, value);
            case 's', 'q' -> text(verb, value);
            default -> {
                if (value instanceof String text && (verb == 'x' || verb == 'X')) {
                    yield hex(text, verb);
                }
                yield value instanceof Number number ? number(verb, number) : wrong(verb, value);
            }
        };
    }

    private String text(char verb, @Nullable Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return verb == 'q' && Numbers.integral(value) && value instanceof Number number
                    ? "'" + Character.toString(number.intValue()) + "'"
                    : wrong(verb, value);
        }
        String text = Values.within(value);
        if (precision >= 0 && precision < text.codePointCount(0, text.length())) {
            text = text.substring(0, text.offsetByCodePoints(0, precision));
        }
        return verb == 'q' ? Quoted.go(text) : text;
    }

    private String number(char verb, Number number) {
        if (!Numbers.integral(number)) {
            return floating(verb, number.doubleValue());
        }
        long value = number.longValue();
        return switch (verb) {
            case 'd' -> signed(Long.toString(value));
            case 'x' -> (alternate ? "0x" : "") + Long.toString(value, 16);
            case 'X' -> (alternate ? "0X" : "") + Long.toString(value, 16).toUpperCase(Locale.ROOT);
            case 'o' -> (alternate ? "0" : "") + Long.toString(value, 8);
            case 'b' -> Long.toString(value, 2);
            case 'c' -> Character.toString((int) value);
            case 'U' -> "U+" + String.format(Locale.ROOT, "%04X", value);
            default -> wrong(verb, number);
        };
    }

    private String floating(char verb, double value) {
        int digits = precision < 0 ? 6 : precision;
        return switch (verb) {
            case 'f', 'F' ->
                signed(new BigDecimal(value)
                        .setScale(digits, RoundingMode.HALF_EVEN)
                        .toPlainString());
            case 'e' -> signed(String.format(Locale.ROOT, "%." + digits + "e", value));
            case 'g' -> signed(Numbers.shown(value));
            default -> wrong(verb, value);
        };
    }

    private String signed(String digits) {
        return digits.startsWith("-") ? digits : plus ? "+" + digits : blank ? " " + digits : digits;
    }

    private static String hex(String text, char verb) {
        String digits = java.util.HexFormat.of().formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return verb == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
    }

    private static String wrong(char verb, @Nullable Object value) {
        return "%!" + verb + "(" + (value == null ? "<nil>" : Values.type(value) + "=" + Values.within(value)) + ")";
    }
}
