package cairn.cli.template;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Go's rules for {@code eq} and {@code lt}: only within one basic kind. */
final class Comparison {
    private Comparison() {}

    static boolean same(@Nullable Object a, @Nullable Object b) {
        if (absent(a) || absent(b)) {
            return absent(a) && absent(b);
        }
        if (kind(a) != kind(b)) {
            throw new CallFault("incompatible types for comparison: " + Values.type(a) + " and " + Values.type(b));
        }
        if (a instanceof Number x && b instanceof Number y) {
            return Numbers.integral(x) ? x.longValue() == y.longValue() : x.doubleValue() == y.doubleValue();
        }
        if (kind(a) == 'o') {
            throw new CallFault("non-comparable type " + Values.within(a) + ": " + Values.type(a));
        }
        return Objects.equals(a, b);
    }

    private static boolean absent(@Nullable Object value) {
        return value == null || value == Nil.POINTER;
    }

    static int order(@Nullable Object a, @Nullable Object b) {
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y);
        }
        if (a instanceof Number x && b instanceof Number y && kind(a) == kind(b)) {
            return Numbers.integral(x)
                    ? Long.compare(x.longValue(), y.longValue())
                    : Double.compare(x.doubleValue(), y.doubleValue());
        }
        throw new CallFault(
                kind(a) == kind(b)
                        ? "invalid type for comparison"
                        : "incompatible types for comparison: " + Values.type(a) + " and " + Values.type(b));
    }

    private static char kind(@Nullable Object value) {
        return switch (value) {
            case String _ -> 's';
            case Boolean _ -> 'b';
            case Number number -> Numbers.integral(number) ? 'i' : 'f';
            case null, default -> 'o';
        };
    }
}
