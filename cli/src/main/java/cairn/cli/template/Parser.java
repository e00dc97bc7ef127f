package cairn.cli.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Builds the tree: recursive descent over the tokens, with Go's rules for scopes of variables. */
final class Parser {
    static final Set<String> KEYWORDS =
            Set.of("if", "else", "end", "range", "with", "break", "continue", "define", "template", "block", "nil");

    private final List<Token> tokens;
    private final Set<String> functions;
    private final List<String> variables = new ArrayList<>(List.of("$"));
    private int next;
    private int ranges;

    Parser(List<Token> tokens, Set<String> functions) {
        this.tokens = tokens;
        this.functions = new HashSet<>(functions);
    }

    List<Node> parse() {
        List<Node> nodes = new ArrayList<>();
        Token stop = list(nodes);
        if (stop.is(Token.Type.END)) {
            return nodes;
        }
        throw fault(stop, "unexpected {{" + stop.text() + "}}");
    }

    /** Reads nodes up to {@code {{end}}}, {@code {{else}}} or the end of the text; that keyword (or END) is returned, consumed. */
    private Token list(List<Node> into) {
        while (true) {
            Token token = take();
            switch (token.type()) {
                case END -> {
                    return token;
                }
                case TEXT -> into.add(new Node.Text(token.at(), token.text()));
                case LEFT -> {
                    Token word = peek();
                    if (word.isWord("end") || word.isWord("else")) {
                        next++;
                        if (word.isWord("end")) {
                            expect(Token.Type.RIGHT, "end");
                        }
                        return word;
                    }
                    into.add(action());
                }
                default -> throw unexpected(token, "input");
            }
        }
    }

    private Node action() {
        Token word = peek();
        return switch (word.is(Token.Type.WORD) ? word.text() : "") {
            case "if", "with", "range" -> {
                next++;
                yield control(word);
            }
            case "break", "continue" -> {
                next++;
                expect(Token.Type.RIGHT, "{{" + word.text() + "}}");
                if (ranges == 0) {
                    throw fault(word, "{{" + word.text() + "}} outside {{range}}");
                }
                yield new Node.Jump(word.at(), word.text().equals("break"));
            }
            case "define", "template", "block" -> throw unexpected(word, "command");
            default -> {
                Node.Pipe pipe = pipe("command", Token.Type.RIGHT, false);
                yield new Node.Action(pipe.at(), pipe);
            }
        };
    }

    private Node control(Token word) {
        String context = word.text();
        int scope = variables.size();
        Node.Pipe pipe = pipe(context, Token.Type.RIGHT, context.equals("range"));
        ranges += context.equals("range") ? 1 : 0;
        List<Node> body = new ArrayList<>();
        List<Node> otherwise = new ArrayList<>();
        Token stop = list(body);
        ranges -= context.equals("range") ? 1 : 0;
        if (stop.isWord("else")) {
            Token chained = peek();
            boolean chain = chained.isWord(context) && !context.equals("range");
            if (chain) {
                next++;
                otherwise.add(control(chained));
            } else {
                expect(Token.Type.RIGHT, "else");
                stop = list(otherwise);
                if (stop.isWord("else")) {
                    throw fault(stop, "expected end; found {{else}}");
                }
            }
        }
        if (stop.is(Token.Type.END)) {
            throw fault(stop, "unexpected EOF");
        }
        variables.subList(scope, variables.size()).clear();
        return context.equals("range")
                ? new Node.Range(pipe.at(), pipe, body, otherwise)
                : new Node.Condition(pipe.at(), pipe, body, otherwise, context.equals("with"));
    }

    /** {@code [$x [, $y] :=] command | command ...} up to and with the closing token. */
    private Node.Pipe pipe(String context, Token.Type close, boolean pair) {
        Token first = peek();
        List<String> declared = new ArrayList<>();
        boolean assigns = declarations(declared, context, pair);
        List<Node.Command> commands = new ArrayList<>();
        while (true) {
            Token token = peek();
            if (token.is(close)) {
                next++;
                check(token, commands, context);
                variables.addAll(assigns ? List.of() : declared);
                return new Node.Pipe(first.at(), declared, assigns, commands);
            }
            if (token.is(Token.Type.RIGHT) || token.is(Token.Type.CLOSE) || !startsOperand(token)) {
                throw unexpected(token, context);
            }
            commands.add(command());
        }
    }

    private boolean declarations(List<String> declared, String context, boolean pair) {
        boolean assigns = false;
        if (peek().is(Token.Type.VARIABLE)) {
            Token after = tokens.get(next + 1);
            if (after.is(Token.Type.DECLARE) || after.is(Token.Type.ASSIGN)) {
                assigns = after.is(Token.Type.ASSIGN);
                declared.add(take().text());
                next++;
            } else if (after.is(Token.Type.COMMA) && pair) {
                declared.add(take().text());
                next++;
                if (!peek().is(Token.Type.VARIABLE)) {
                    throw fault(peek(), "range can only initialize variables");
                }
                declared.add(take().text());
                Token sign = take();
                if (sign.is(Token.Type.COMMA)) {
                    throw fault(sign, "too many declarations in " + context);
                }
                if (!sign.is(Token.Type.DECLARE) && !sign.is(Token.Type.ASSIGN)) {
                    throw unexpected(sign, context);
                }
                assigns = sign.is(Token.Type.ASSIGN);
            }
        }
        if (assigns) {
            for (String name : declared) {
                known(peek(), name);
            }
        }
        return assigns;
    }

    private void check(Token at, List<Node.Command> commands, String context) {
        if (commands.isEmpty()) {
            throw fault(at, "missing value for " + context);
        }
        for (int i = 1; i < commands.size(); i++) {
            Node head = commands.get(i).words().getFirst();
            if (head instanceof Node.Literal || head instanceof Node.Dot || head instanceof Node.Null) {
                throw fault(at, "non executable command in pipeline stage " + (i + 1));
            }
        }
    }

    private static boolean startsOperand(Token token) {
        return switch (token.type()) {
            case FIELD, VARIABLE, WORD, STRING, NUMBER, CHARACTER, OPEN, DOT -> true;
            case TEXT, LEFT, RIGHT, PIPE, DECLARE, ASSIGN, COMMA, CLOSE, OTHER, END -> false;
        };
    }

    private Node.Command command() {
        Token first = peek();
        List<Node> words = new ArrayList<>();
        while (startsOperand(peek())) {
            if (!words.isEmpty() && !peek().spaced() && !peek().is(Token.Type.OPEN)) {
                throw unexpected(peek(), "operand");
            }
            words.add(operand());
        }
        Token after = peek();
        if (after.is(Token.Type.PIPE)) {
            next++;
        } else if (!after.is(Token.Type.RIGHT) && !after.is(Token.Type.CLOSE)) {
            throw unexpected(after, "operand");
        }
        return new Node.Command(first.at(), words);
    }

    /** A term and the fields chained to it without a space. */
    private Node operand() {
        Node term = term();
        Token chain = peek();
        if (!chain.is(Token.Type.FIELD) || chain.spaced()) {
            return term;
        }
        if (term instanceof Node.Literal || term instanceof Node.Null || term instanceof Node.Dot) {
            throw fault(chain, "unexpected . after term " + Quoted.go(term.toString()));
        }
        List<String> names = new ArrayList<>();
        Node base = term;
        if (term instanceof Node.Path path) {
            base = path.base();
            names.addAll(path.names());
        }
        while (peek().is(Token.Type.FIELD) && !peek().spaced()) {
            names.add(take().text().substring(1));
        }
        return new Node.Path(chain.at(), base, names);
    }

    private Node term() {
        Token token = take();
        return switch (token.type()) {
            case FIELD -> new Node.Path(token.at(), null, List.of(token.text().substring(1)));
            case DOT -> new Node.Dot(token.at());
            case VARIABLE -> {
                known(token, token.text());
                yield new Node.Variable(token.at(), token.text());
            }
            case STRING -> {
                String value = Quoted.value(token.text());
                if (value == null) {
                    throw fault(token, "invalid syntax");
                }
                yield new Node.Literal(token.at(), value, token.text());
            }
            case NUMBER, CHARACTER -> number(token);
            case OPEN -> pipe("parenthesized pipeline", Token.Type.CLOSE, false);
            default -> word(token);
        };
    }

    private Node word(Token token) {
        String text = token.text();
        if (text.equals("true") || text.equals("false")) {
            return new Node.Literal(token.at(), text.equals("true"), text);
        }
        if (text.equals("nil")) {
            return new Node.Null(token.at());
        }
        if (KEYWORDS.contains(text)) {
            throw unexpected(token, "operand");
        }
        if (!functions.contains(text)) {
            throw fault(token, "function " + Quoted.go(text) + " not defined");
        }
        return new Node.Function(token.at(), text);
    }

    private Node number(Token token) {
        String text = token.text();
        Object value = Numbers.constant(text);
        if (value == null) {
            throw fault(
                    token,
                    token.is(Token.Type.CHARACTER)
                            ? "malformed character constant: " + text
                            : "bad number syntax: " + Quoted.go(text));
        }
        return new Node.Literal(token.at(), value, text);
    }

    private void known(Token token, String name) {
        if (!variables.contains(name)) {
            throw fault(token, "undefined variable " + Quoted.go(name));
        }
    }

    private Token peek() {
        return tokens.get(next);
    }

    private Token take() {
        Token token = tokens.get(next);
        next += token.is(Token.Type.END) ? 0 : 1;
        return token;
    }

    private void expect(Token.Type type, String context) {
        Token token = take();
        if (!token.is(type)) {
            throw unexpected(token, context);
        }
    }

    private static TemplateException unexpected(Token token, String context) {
        return fault(token, "unexpected " + token.shown() + " in " + context);
    }

    private static TemplateException fault(Token token, String what) {
        return new TemplateException("template: :" + token.line() + ": " + what, true);
    }
}
