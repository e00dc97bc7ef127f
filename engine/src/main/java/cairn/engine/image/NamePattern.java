package cairn.engine.image;

import cairn.engine.error.Problem;
import java.util.regex.Pattern;

/** A pattern for names as Go's path.Match has it: {@code *} and {@code ?} stop at a slash, {@code [a-z]}, {@code [^a]}, {@code \x}. */
record NamePattern(Pattern pattern) {

    /** @throws cairn.engine.error.EngineException InvalidParameter */
    static NamePattern of(String text) {
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            switch (c) {
                case '*' -> expression.append("[^/]*");
                case '?' -> expression.append("[^/]");
                case '[' -> i = set(text, i + 1, expression);
                case '\\' -> {
                    i++;
                    need(i < text.length());
                    expression.append(Pattern.quote(text.substring(i, i + 1)));
                }
                default -> expression.append(Pattern.quote(String.valueOf(c)));
            }
            i++;
        }
        return new NamePattern(Pattern.compile(expression.toString(), Pattern.DOTALL));
    }

    /** Where the set ends. */
    private static int set(String text, int start, StringBuilder expression) {
        int i = start;
        boolean not = i < text.length() && text.charAt(i) == '^';
        // A set never stands for a slash.
        expression.append(not ? "(?!/)[^" : "(?!/)[");
        i += not ? 1 : 0;
        int first = i;
        while (true) {
            need(i < text.length());
            if (text.charAt(i) == ']' && i > first) {
                expression.append(']');
                return i;
            }
            i = member(text, i, expression);
            need(i < text.length());
            if (text.charAt(i) == '-') {
                expression.append('-');
                i = member(text, i + 1, expression);
            }
        }
    }

    private static int member(String text, int at, StringBuilder expression) {
        int i = at;
        need(i < text.length() && text.charAt(i) != '-' && text.charAt(i) != ']');
        if (text.charAt(i) == '\\') {
            i++;
            need(i < text.length());
        }
        expression.append(String.format("\\x{%x}", (int) text.charAt(i)));
        return i + 1;
    }

    private static void need(boolean fine) {
        if (!fine) {
            throw new Problem.InvalidParameter("syntax error in pattern").exception();
        }
    }

    boolean matches(String name) {
        return pattern.matcher(name).matches();
    }
}
