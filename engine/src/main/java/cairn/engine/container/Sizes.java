package cairn.engine.container;

import cairn.engine.error.Problem;

/** Sizes as Docker's options write them: {@code 10m}, {@code 1g}, {@code 512k}, plain bytes. */
final class Sizes {
    private Sizes() {}

    static long bytes(String text) {
        return parse(text, 1024);
    }

    /** With powers of 1000, as sizes of logs are counted. */
    static long decimal(String text) {
        return parse(text, 1000);
    }

    private static long parse(String text, long base) {
        int end = text.length();
        while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
            end--;
        }
        long unit = end == text.length()
                ? 1
                : switch (Character.toLowerCase(text.charAt(end))) {
                    case 'b' -> 1;
                    case 'k' -> base;
                    case 'm' -> base * base;
                    case 'g' -> base * base * base;
                    case 't' -> base * base * base * base;
                    default -> -1;
                };
        try {
            long bytes = (long) (Double.parseDouble(text.substring(0, end)) * unit);
            if (unit > 0 && bytes >= 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // Falls through to the one error below.
        }
        throw new Problem.InvalidParameter("invalid size: '" + text + "'").exception();
    }
}
