package cairn.cli.template;

/** Go's string literals, both ways. */
final class Quoted {
    private Quoted() {}

    /** As {@code %q} prints. */
    static String go(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append("\\x").append(hex(c >> 4)).append(hex(c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static char hex(int digit) {
        return "0123456789abcdef".charAt(digit & 15);
    }

    /** The value of a literal with its quotes: {@code "..."}, {@code `...`} or {@code '.'}; null when malformed. */
    static @org.jspecify.annotations.Nullable String value(String literal) {
        String inner = literal.substring(1, literal.length() - 1);
        if (literal.charAt(0) == '`' || inner.indexOf('\\') < 0) {
            return inner;
        }
        StringBuilder out = new StringBuilder(inner.length());
        int at = 0;
        while (at < inner.length()) {
            char c = inner.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            at = escape(inner, at, out);
            if (at < 0) {
                return null;
            }
        }
        return out.toString();
    }

    private static int escape(String text, int at, StringBuilder out) {
        char c = at < text.length() ? text.charAt(at) : 0;
        int simple = "abfnrtv\\'\"".indexOf(c);
        if (simple >= 0) {
            out.append("\007\b\f\n\r\t\013\\'\"".charAt(simple));
            return at + 1;
        }
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 3;
        int radix = digits == 3 ? 8 : 16;
        int start = digits == 3 ? at : at + 1;
        if (start + digits > text.length()) {
            return -1;
        }
        try {
            out.appendCodePoint(Integer.parseInt(text, start, start + digits, radix));
            return start + digits;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
