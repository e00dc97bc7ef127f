package cairn.cli.template;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Go's numeric literals and how Go prints numbers. */
final class Numbers {
    private Numbers() {}

    /** The value of a number or character literal: Long or Double; null when malformed. */
    static @Nullable Object constant(String text) {
        if (text.startsWith("'")) {
            String value = Quoted.value(text);
            return value != null && value.codePointCount(0, value.length()) == 1
                    ? (Object) (long) value.codePointAt(0)
                    : null;
        }
        String plain = text.replace("_", "");
        try {
            return Long.decode(octal(plain));
        } catch (NumberFormatException e) {
            return binaryOrFloat(plain);
        }
    }

    /** {@code 0o17} as {@code 017}, which is how Java writes it. */
    private static String octal(String text) {
        return text.startsWith("0o") || text.startsWith("0O") ? "0" + text.substring(2) : text;
    }

    private static @Nullable Object binaryOrFloat(String text) {
        try {
            if (text.startsWith("0b") || text.startsWith("0B")) {
                return Long.parseLong(text.substring(2), 2);
            }
            char last = text.charAt(text.length() - 1);
            return last == 'f' || last == 'd' || last == 'F' || last == 'D' ? null : (Object) Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static boolean integral(@Nullable Object value) {
        return value instanceof Long || value instanceof Integer;
    }

    /** As {@code %v}: integers in full, floats shortest, with an exponent below 1e-4 and from 1e21 on. */
    static String shown(Number number) {
        if (integral(number)) {
            return number.toString();
        }
        double value = number.doubleValue();
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == 0) {
            return "0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 21) {
            return decimal.toPlainString();
        }
        String digits = decimal.unscaledValue().abs().toString();
        StringBuilder out = new StringBuilder(value < 0 ? "-" : "").append(digits.charAt(0));
        if (digits.length() > 1) {
            out.append('.').append(digits, 1, digits.length());
        }
        out.append('e').append(exponent < 0 ? '-' : '+');
        return out.append(Math.abs(exponent) < 10 ? "0" : "")
                .append(Math.abs(exponent))
                .toString();
    }
}
