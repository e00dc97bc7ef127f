package cairn.engine.plan;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * One literal step of a launch plan. Arguments are {@code Long}, {@code String}, {@code byte[]} (both encoded as text) or a
 * {@code List<String>} (a vector), checked against the op's signature when the step is made.
 */
public record Step(Op op, List<Object> arguments) {
    public Step {
        arguments = List.copyOf(arguments);
        if (arguments.size() != op.arguments().size()) {
            throw new IllegalArgumentException(
                    op + " takes " + op.arguments().size() + " arguments, not " + arguments.size());
        }
        for (int i = 0; i < arguments.size(); i++) {
            boolean fits = switch (op.arguments().get(i)) {
                case NUMBER -> arguments.get(i) instanceof Long;
                case TEXT -> arguments.get(i) instanceof String || arguments.get(i) instanceof byte[];
                case VECTOR -> arguments.get(i) instanceof List<?>;
            };
            if (!fits) {
                throw new IllegalArgumentException(
                        op + ": argument " + i + " is not a " + op.arguments().get(i));
            }
        }
    }

    /** Numbers of any integral type are widened; a negative number is its 64-bit two's complement. */
    public static Step of(Op op, Object... arguments) {
        List<Object> checked = new ArrayList<>(arguments.length);
        for (Object argument : arguments) {
            checked.add(argument instanceof Integer number ? (Object) Long.valueOf(number) : argument);
        }
        return new Step(op, checked);
    }

    /** One line for people and golden files: the op's name, then its arguments; bytes as hex, vectors in brackets. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(op.name());
        for (Object argument : arguments) {
            line.append(' ');
            switch (argument) {
                case Long number -> line.append(number < 10 ? Long.toString(number) : "0x" + Long.toHexString(number));
                case byte[] bytes ->
                    line.append(
                            bytes.length > 32
                                    ? bytes.length + " bytes"
                                    : HexFormat.of().formatHex(bytes));
                case String text -> line.append(quoted(text));
                default -> line.append(argument);
            }
        }
        return line.toString();
    }

    private static String quoted(String text) {
        return text.isEmpty() || text.indexOf(' ') >= 0 || text.indexOf('\n') >= 0
                ? '"' + text.replace("\n", "\\n") + '"'
                : text;
    }
}
