package cairn.cli.template;

import java.util.ArrayList;
import java.util.List;

/** Splits a template into tokens; applies the trim markers {@code {{- } and { -}}} and drops comments on the way. */
final class Scanner {
    private static final String SPACE = " \t\r\n";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private boolean trim;

    Scanner(String source) {
        this.source = source;
    }

    List<Token> scan() {
        while (at < source.length()) {
            text();
            if (at < source.length()) {
                action();
            }
        }
        add(Token.Type.END, at, at, false);
        return tokens;
    }

    /** Text up to the next action, without the white space that trim markers on either side take. */
    private void text() {
        int start = at;
        int end = source.indexOf("{{", at);
        end = end < 0 ? source.length() : end;
        int from = start;
        if (trim) {
            while (from < end && space(from)) {
                from++;
            }
        }
        int to = end;
        if (trimmedLeft(end)) {
            while (to > from && space(to - 1)) {
                to--;
            }
        }
        lines(start, from);
        if (to > from) {
            add(Token.Type.TEXT, from, to, false);
        }
        lines(from, end);
        at = end;
        trim = false;
    }

    private boolean trimmedLeft(int left) {
        return source.startsWith("{{-", left) && left + 3 < source.length() && space(left + 3);
    }

    private void action() {
        int left = at;
        int inside = trimmedLeft(left) ? left + 4 : left + 2;
        if (source.startsWith("/*", inside)) {
            comment(inside);
            return;
        }
        add(Token.Type.LEFT, left, left + 2, false);
        lines(left, inside);
        at = inside;
        int depth = 0;
        boolean spaced = false;
        while (true) {
            int start = at;
            while (at < source.length() && space(at)) {
                at++;
            }
            spaced = at > start;
            lines(start, at);
            boolean trimmed = spaced && source.startsWith("-}}", at);
            if (trimmed || source.startsWith("}}", at)) {
                if (depth > 0) {
                    throw fault("unclosed left paren");
                }
                at += trimmed ? 1 : 0;
                add(Token.Type.RIGHT, at, at + 2, spaced);
                at += 2;
                trim = trimmed;
                return;
            }
            if (at >= source.length()) {
                throw fault("unclosed action");
            }
            depth += token(spaced);
            if (depth < 0) {
                throw fault("unexpected right paren");
            }
        }
    }

    private void comment(int start) {
        int end = source.indexOf("*/", start);
        if (end < 0) {
            throw fault("unclosed comment");
        }
        int after = end + 2;
        trim = after < source.length() && space(after) && source.startsWith("-}}", after + 1);
        after += trim ? 2 : 0;
        if (!source.startsWith("}}", after)) {
            throw fault("comment ends before closing delimiter");
        }
        lines(at, after);
        at = after + 2;
    }

    /** One token inside an action; the change of parenthesis depth. */
    private int token(boolean spaced) {
        int start = at;
        char c = source.charAt(at);
        switch (c) {
            case '(', ')' -> {
                take(c == '(' ? Token.Type.OPEN : Token.Type.CLOSE, start, start + 1, spaced);
                return c == '(' ? 1 : -1;
            }
            case '|' -> take(Token.Type.PIPE, start, start + 1, spaced);
            case ',' -> take(Token.Type.COMMA, start, start + 1, spaced);
            case '=' -> take(Token.Type.ASSIGN, start, start + 1, spaced);
            case ':' -> {
                if (!source.startsWith(":=", at)) {
                    throw fault("expected :=");
                }
                take(Token.Type.DECLARE, start, start + 2, spaced);
            }
            case '"' -> take(Token.Type.STRING, start, quoted('"', "unterminated quoted string"), spaced);
            case '\'' -> take(Token.Type.CHARACTER, start, quoted('\'', "unterminated character constant"), spaced);
            case '`' -> {
                int end = source.indexOf('`', at + 1);
                if (end < 0) {
                    throw fault("unterminated raw quoted string");
                }
                lines(start, end);
                take(Token.Type.STRING, start, end + 1, spaced);
            }
            default -> name(c, start, spaced);
        }
        return 0;
    }

    private void name(char c, int start, boolean spaced) {
        char next = at + 1 < source.length() ? source.charAt(at + 1) : 0;
        if (c == '.' && !digit(next)) {
            int end = word(start + 1);
            take(end == start + 1 ? Token.Type.DOT : Token.Type.FIELD, start, end, spaced);
        } else if (c == '$') {
            take(Token.Type.VARIABLE, start, word(start + 1), spaced);
        } else if (digit(c) || ((c == '+' || c == '-' || c == '.') && (digit(next) || next == '.'))) {
            number(start, spaced);
        } else if (letter(c)) {
            take(Token.Type.WORD, start, word(start), spaced);
        } else if (c > ' ' && c < 127) {
            take(Token.Type.OTHER, start, start + 1, spaced);
        } else {
            throw fault("unrecognized character in action: " + unicode(c));
        }
    }

    private void number(int start, boolean spaced) {
        int end = start + 1;
        while (end < source.length() && (letter(source.charAt(end)) || digit(source.charAt(end)) || numeric(end))) {
            end++;
        }
        take(Token.Type.NUMBER, start, end, spaced);
    }

    private boolean numeric(int index) {
        char c = source.charAt(index);
        boolean exponent = "eEpP".indexOf(source.charAt(index - 1)) >= 0;
        return c == '.' || ((c == '+' || c == '-') && exponent);
    }

    private int quoted(char quote, String fault) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            if (source.charAt(end) == '\n') {
                throw fault(fault);
            }
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw fault(fault);
        }
        return end + 1;
    }

    private int word(int from) {
        int end = from;
        while (end < source.length() && (letter(source.charAt(end)) || digit(source.charAt(end)))) {
            end++;
        }
        boolean ended = end >= source.length()
                || SPACE.indexOf(source.charAt(end)) >= 0
                || ".,|:()".indexOf(source.charAt(end)) >= 0
                || source.startsWith("}}", end);
        if (!ended) {
            throw fault("bad character " + unicode(source.charAt(end)));
        }
        return end;
    }

    private void take(Token.Type type, int from, int to, boolean spaced) {
        add(type, from, to, spaced);
        at = to;
    }

    private void add(Token.Type type, int from, int to, boolean spaced) {
        tokens.add(new Token(type, source.substring(from, to), from, line, spaced));
    }

    private void lines(int from, int to) {
        for (int i = from; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
    }

    private boolean space(int index) {
        return SPACE.indexOf(source.charAt(index)) >= 0;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean letter(char c) {
        return c == '_' || Character.isLetter(c);
    }

    private static String unicode(char c) {
        StringBuilder hex = new StringBuilder(Integer.toHexString(c).toUpperCase(java.util.Locale.ROOT));
        while (hex.length() < 4) {
            hex.insert(0, '0');
        }
        return "U+" + hex + " '" + c + "'";
    }

    private TemplateException fault(String what) {
        return new TemplateException("template: :" + line + ": " + what, true);
    }
}
