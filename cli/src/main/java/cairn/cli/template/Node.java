package cairn.cli.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A template as a tree. {@code at} is the offset in the source that an error names; {@code toString} is Go's spelling. */
sealed interface Node {
    int at();

    record Text(int at, String text) implements Node {
        @Override
        public String toString() {
            return text;
        }
    }

    record Action(int at, Pipe pipe) implements Node {
        @Override
        public String toString() {
            return "{{" + pipe + "}}";
        }
    }

    /** {@code if} and {@code with}; {@code with} also moves the dot. */
    record Condition(int at, Pipe pipe, List<Node> body, List<Node> otherwise, boolean moves) implements Node {
        @Override
        public String toString() {
            return "{{" + (moves ? "with " : "if ") + pipe + "}}";
        }
    }

    record Range(int at, Pipe pipe, List<Node> body, List<Node> otherwise) implements Node {
        @Override
        public String toString() {
            return "{{range " + pipe + "}}";
        }
    }

    /** {@code break} or {@code continue}. */
    record Jump(int at, boolean out) implements Node {
        @Override
        public String toString() {
            return out ? "{{break}}" : "{{continue}}";
        }
    }

    record Pipe(int at, List<String> variables, boolean assigns, List<Command> commands) implements Node {
        @Override
        public String toString() {
            StringBuilder out = new StringBuilder(String.join(", ", variables));
            if (!variables.isEmpty()) {
                out.append(assigns ? " = " : " := ");
            }
            for (int i = 0; i < commands.size(); i++) {
                out.append(i == 0 ? "" : " | ").append(commands.get(i));
            }
            return out.toString();
        }
    }

    record Command(int at, List<Node> words) implements Node {
        @Override
        public String toString() {
            StringBuilder out = new StringBuilder();
            for (Node word : words) {
                out.append(out.isEmpty() ? "" : " ").append(word instanceof Pipe ? "(" + word + ")" : word);
            }
            return out.toString();
        }
    }

    /** {@code .A.B}, {@code $x.A}, {@code (pipe).A}: {@code base} is null for the dot. */
    record Path(int at, @Nullable Node base, List<String> names) implements Node {
        @Override
        public String toString() {
            StringBuilder out = new StringBuilder();
            if (base != null) {
                out.append(base instanceof Pipe ? "(" + base + ")" : base);
            }
            for (String name : names) {
                out.append('.').append(name);
            }
            return out.toString();
        }
    }

    record Variable(int at, String name) implements Node {
        @Override
        public String toString() {
            return name;
        }
    }

    record Function(int at, String name) implements Node {
        @Override
        public String toString() {
            return name;
        }
    }

    record Dot(int at) implements Node {
        @Override
        public String toString() {
            return ".";
        }
    }

    record Null(int at) implements Node {
        @Override
        public String toString() {
            return "nil";
        }
    }

    /** String, number, character or boolean. */
    record Literal(int at, Object value, String source) implements Node {
        @Override
        public String toString() {
            return source;
        }
    }
}
