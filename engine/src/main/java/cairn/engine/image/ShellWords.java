package cairn.engine.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Words of Dockerfile instructions: how they are split, and what quotes, backslashes and variables in them stand for. */
final class ShellWords {
    private final String text;
    private final Map<String, String> variables;
    private int at;

    private ShellWords(String text, Map<String, String> variables) {
        this.text = text;
        this.variables = variables;
    }

    /** At blanks that are neither quoted nor escaped; quotes and backslashes stay, for {@link #expand}. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                continue;
            }
            word.append(c);
            if (c == '\\' && quote != '\'' && i + 1 < text.length()) {
                word.append(text.charAt(++i));
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
            } else if (c == quote) {
                quote = 0;
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }

    /**
     * What a word stands for. Unknown variables are empty.
     *
     * @throws cairn.engine.error.EngineException InvalidParameter for a quote or brace that is not closed
     */
    static String expand(String word, Map<String, String> variables) {
        ShellWords words = new ShellWords(word, variables);
        return words.until((char) 0);
    }

    private boolean ended() {
        return at >= text.length();
    }

    /** Up to a character that is not consumed, or the end. */
    private String until(char stop) {
        StringBuilder out = new StringBuilder();
        while (!ended() && (stop == 0 || text.charAt(at) != stop)) {
            char c = text.charAt(at++);
            switch (c) {
                case '\'' -> out.append(single());
                case '"' -> out.append(doubled());
                case '$' -> out.append(variable());
                case '\\' -> out.append(ended() ? "\\" : String.valueOf(text.charAt(at++)));
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private String single() {
        int end = text.indexOf('\'', at);
        if (end < 0) {
            throw ConfigChanges.invalid("unexpected end of statement while looking for matching single-quote");
        }
        String quoted = text.substring(at, end);
        at = end + 1;
        return quoted;
    }

    private String doubled() {
        StringBuilder out = new StringBuilder();
        while (!ended()) {
            char c = text.charAt(at++);
            switch (c) {
                case '"' -> {
                    return out.toString();
                }
                case '$' -> out.append(variable());
                case '\\' -> {
                    // Before anything else it stands for itself.
                    if (!ended() && "\"$\\".indexOf(text.charAt(at)) >= 0) {
                        out.append(text.charAt(at++));
                    } else {
                        out.append(c);
                    }
                }
                default -> out.append(c);
            }
        }
        throw ConfigChanges.invalid("unexpected end of statement while looking for matching double-quote");
    }

    /** After the dollar sign. */
    private String variable() {
        if (ended()) {
            return "$";
        }
        if (text.charAt(at) != '{') {
            String name = name();
            return name.isEmpty() ? "$" : variables.getOrDefault(name, "");
        }
        at++;
        String name = name();
        if (name.isEmpty() || ended()) {
            throw ConfigChanges.invalid("syntax error: bad substitution");
        }
        char c = text.charAt(at++);
        if (c == '}') {
            return variables.getOrDefault(name, "");
        }
        boolean emptyCounts = c == ':';
        char operator = !emptyCounts ? c : ended() ? 0 : text.charAt(at++);
        String word = until('}');
        if (ended()) {
            throw ConfigChanges.invalid("syntax error: missing '}'");
        }
        at++;
        String value = variables.get(name);
        boolean set = value != null && !(emptyCounts && value.isEmpty());
        return switch (operator) {
            case '-' -> set ? String.valueOf(value) : word;
            case '+' -> set ? word : "";
            case '?' -> {
                if (!set) {
                    throw ConfigChanges.invalid(name + ": " + (word.isEmpty() ? "not allowed to be unset" : word));
                }
                yield String.valueOf(value);
            }
            default ->
                throw ConfigChanges.invalid(
                        "unsupported modifier (" + (emptyCounts ? ":" : "") + operator + ") in substitution");
        };
    }

    private String name() {
        int start = at;
        // One digit is a name, as that of a shell's argument.
        if (!ended() && Character.isDigit(text.charAt(at))) {
            at++;
            return text.substring(start, at);
        }
        while (!ended() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        return text.substring(start, at);
    }
}
