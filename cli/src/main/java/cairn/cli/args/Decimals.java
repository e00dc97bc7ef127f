package cairn.cli.args;

import java.math.BigDecimal;

/** Numbers of CPUs: {@code 1.5}, {@code 0.001}, {@code 3/2}. */
public final class Decimals {
    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000);

    private Decimals() {}

    /** Billionths (Docker's NanoCpus), or -1 when the text is no such number or too fine. */
    public static long nano(String text) {
        try {
            int slash = text.indexOf('/');
            BigDecimal value = slash < 0
                    ? new BigDecimal(text)
                    : new BigDecimal(text.substring(0, slash)).divide(new BigDecimal(text.substring(slash + 1)));
            return value.signum() < 0 ? -1 : value.multiply(BILLION).longValueExact();
        } catch (ArithmeticException | NumberFormatException e) {
            return -1;
        }
    }
}
