package cairn.cli.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks a tree over data. One per rendering. {@code here} is the node that an error names, moved as Go moves it. */
final class Evaluator {
    private static final Object NONE = new Object();

    private static final class Variable {
        final String name;

        @Nullable
        Object value;

        Variable(String name, @Nullable Object value) {
            this.name = name;
            this.value = value;
        }
    }

    private final String source;
    private final Functions functions;
    private final Absent absent;
    private final StringBuilder out = new StringBuilder();
    private final List<Variable> variables = new ArrayList<>();
    private Node here = new Node.Dot(0);

    Evaluator(String source, Functions functions, Absent absent) {
        this.source = source;
        this.functions = functions;
        this.absent = absent;
    }

    String render(List<Node> nodes, @Nullable Object data) {
        declare("$", data);
        walk(nodes, data);
        return out.toString();
    }

    /** Returns the break or continue that ended the list early. */
    private Node.@Nullable Jump walk(List<Node> nodes, @Nullable Object dot) {
        for (Node node : nodes) {
            here = node;
            Node.Jump jump = switch (node) {
                case Node.Text text -> {
                    out.append(text.text());
                    yield null;
                }
                case Node.Action action -> {
                    Object value = pipe(action.pipe(), dot);
                    if (action.pipe().variables().isEmpty()) {
                        out.append(Values.shown(value));
                    }
                    yield null;
                }
                case Node.Condition condition -> condition(condition, dot);
                case Node.Range range -> range(range, dot);
                case Node.Jump found -> found;
                default -> throw fault("unknown node: " + node);
            };
            if (jump != null) {
                return jump;
            }
        }
        return null;
    }

    private Node.@Nullable Jump condition(Node.Condition node, @Nullable Object dot) {
        int scope = variables.size();
        Object value = pipe(node.pipe(), dot);
        Node.Jump jump =
                Values.truth(value) ? walk(node.body(), node.moves() ? value : dot) : walk(node.otherwise(), dot);
        leave(scope);
        return jump;
    }

    private Node.@Nullable Jump range(Node.Range node, @Nullable Object dot) {
        int scope = variables.size();
        Object value = pipe(node.pipe(), dot);
        int size = variables.size();
        boolean any = false;
        Iterator<? extends Map.Entry<?, ?>> items = items(value).iterator();
        while (items.hasNext()) {
            Map.Entry<?, ?> item = items.next();
            any = true;
            assign(node.pipe(), item);
            Node.Jump jump = walk(node.body(), item.getValue());
            leave(size);
            if (jump != null && jump.out()) {
                break;
            }
        }
        Node.Jump jump = any ? null : walk(node.otherwise(), dot);
        leave(scope);
        return jump;
    }

    private void assign(Node.Pipe pipe, Map.Entry<?, ?> item) {
        List<String> names = pipe.variables();
        if (names.size() == 2) {
            set(names.get(0), item.getKey());
            set(names.get(1), item.getValue());
        } else if (names.size() == 1) {
            set(names.getFirst(), item.getValue());
        }
    }

    private List<? extends Map.Entry<?, ?>> items(@Nullable Object value) {
        List<Map.Entry<?, ?>> items = new ArrayList<>();
        switch (value) {
            case null -> {}
            case Nil nil when nil != Nil.POINTER -> {}
            case Map<?, ?> map -> items.addAll(Values.sorted(map).entrySet());
            case Collection<?> list -> {
                long index = 0;
                for (Object item : list) {
                    items.add(new java.util.AbstractMap.SimpleEntry<>(index++, item));
                }
            }
            case Long count -> {
                if (count > 1_000_000) {
                    throw fault("range over " + count + " is too long");
                }
                for (long i = 0; i < count; i++) {
                    items.add(new java.util.AbstractMap.SimpleEntry<>(i, i));
                }
            }
            default -> throw fault("range can't iterate over " + Values.within(value));
        }
        return items;
    }

    private @Nullable Object pipe(Node.Pipe pipe, @Nullable Object dot) {
        here = pipe;
        Object value = NONE;
        for (Node.Command command : pipe.commands()) {
            value = command(command, dot, value);
        }
        for (String name : pipe.variables()) {
            if (pipe.assigns()) {
                set(name, value);
            } else {
                declare(name, value);
            }
        }
        return value;
    }

    private @Nullable Object command(Node.Command command, @Nullable Object dot, @Nullable Object last) {
        Node first = command.words().getFirst();
        List<Node> rest = command.words().subList(1, command.words().size());
        here = first;
        if (first instanceof Node.Function function) {
            return call(command, function.name(), rest, dot, last);
        }
        if (first instanceof Node.Path path) {
            return path(path, rest, dot, last);
        }
        if (!rest.isEmpty() || last != NONE) {
            throw fault("can't give argument to non-function " + first);
        }
        if (first instanceof Node.Null) {
            throw fault("nil is not a command");
        }
        return value(first, dot);
    }

    private @Nullable Object value(Node node, @Nullable Object dot) {
        here = node;
        return switch (node) {
            case Node.Dot _ -> dot;
            case Node.Null _ -> null;
            case Node.Literal literal -> literal.value();
            case Node.Variable variable -> variable(variable.name());
            case Node.Pipe pipe -> pipe(pipe, dot);
            case Node.Path path -> path(path, List.of(), dot, NONE);
            case Node.Function function ->
                call(new Node.Command(function.at(), List.of(function)), function.name(), List.of(), dot, NONE);
            default -> throw fault("can't handle " + node);
        };
    }

    private @Nullable Object path(Node.Path path, List<Node> rest, @Nullable Object dot, @Nullable Object last) {
        Node base = path.base();
        Object value = base == null ? dot : value(base, dot);
        here = path;
        int count = path.names().size();
        for (int i = 0; i < count - 1; i++) {
            value = field(value, path.names().get(i), null);
        }
        List<@Nullable Object> arguments = null;
        if (!rest.isEmpty() || last != NONE) {
            arguments = values(rest, dot, last);
            here = path;
        }
        return field(value, path.names().get(count - 1), arguments);
    }

    private @Nullable Object field(@Nullable Object value, String name, @Nullable List<@Nullable Object> arguments) {
        if (value instanceof Fields fields) {
            if (!fields.has(name)) {
                throw fault("can't evaluate field " + name + " in type " + fields.type());
            }
            return fields.field(name, arguments == null ? List.of() : arguments);
        }
        if (value instanceof Map<?, ?> map) {
            if (arguments != null) {
                throw fault(name + " is not a method but has arguments");
            }
            return map.containsKey(name) ? map.get(name) : missing(map, name);
        }
        if (value == null && absent.lenient()) {
            return null;
        }
        if (value == Nil.MAP) {
            return null;
        }
        if (value == null || value == Nil.POINTER) {
            throw fault("nil pointer evaluating interface {}." + name);
        }
        throw fault("can't evaluate field " + name + " in type interface {}");
    }

    private @Nullable Object missing(Map<?, ?> map, String name) {
        Object value = absent.field(map, name);
        if (value instanceof Absent.Fault) {
            throw fault("map has no entry for key " + Quoted.go(name));
        }
        return value;
    }

    private @Nullable Object call(
            Node.Command command, String name, List<Node> rest, @Nullable Object dot, @Nullable Object last) {
        int given = rest.size() + (last == NONE ? 0 : 1);
        int arity = Functions.arity(name);
        if (arity >= 0 ? given != arity : given < -arity - 1) {
            throw fault("wrong number of args for " + name + ": want "
                    + (arity >= 0 ? arity : "at least " + (-arity - 1)) + " got " + given);
        }
        if (name.equals("and") || name.equals("or")) {
            return shortCircuit(name.equals("or"), rest, dot, last);
        }
        List<@Nullable Object> arguments = typed(Functions.parameters(name), rest, dot, last);
        try {
            return functions.call(name, arguments);
        } catch (CallFault e) {
            here = command;
            throw fault("error calling " + name + ": " + e.getMessage());
        }
    }

    /** The first argument whose truth decides, else the last. */
    private @Nullable Object shortCircuit(
            boolean decisive, List<Node> rest, @Nullable Object dot, @Nullable Object last) {
        Object value = null;
        for (Node word : rest) {
            value = value(word, dot);
            if (Values.truth(value) == decisive) {
                return value;
            }
        }
        return last == NONE ? value : last;
    }

    /** The arguments in order, each checked as soon as it is known, so that a fault names the first that does not fit. */
    private List<@Nullable Object> typed(
            String parameters, List<Node> rest, @Nullable Object dot, @Nullable Object last) {
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            Object value = value(rest.get(i), dot);
            char parameter = i < parameters.length() ? parameters.charAt(i) : 'a';
            if (rest.get(i) instanceof Node.Literal literal && !Functions.fits(parameter, value)) {
                throw fault("expected " + (parameter == 'i' ? "integer" : Functions.type(parameter)) + "; found "
                        + literal);
            }
            values.add(checked(parameter, value));
        }
        if (last != NONE) {
            char parameter = rest.size() < parameters.length() ? parameters.charAt(rest.size()) : 'a';
            values.add(checked(parameter, last));
        }
        return values;
    }

    private @Nullable Object checked(char parameter, @Nullable Object value) {
        if (!Functions.fits(parameter, value)) {
            throw fault("wrong type for value; expected " + Functions.type(parameter) + "; got "
                    + (value == null ? "interface {}" : Values.type(value)));
        }
        return value;
    }

    private List<@Nullable Object> values(List<Node> words, @Nullable Object dot, @Nullable Object last) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Node word : words) {
            values.add(value(word, dot));
        }
        if (last != NONE) {
            values.add(last);
        }
        return values;
    }

    private void declare(String name, @Nullable Object value) {
        variables.add(new Variable(name, value));
    }

    private void set(String name, @Nullable Object value) {
        find(name).value = value;
    }

    private @Nullable Object variable(String name) {
        return find(name).value;
    }

    private Variable find(String name) {
        for (int i = variables.size() - 1; i >= 0; i--) {
            if (variables.get(i).name.equals(name)) {
                return variables.get(i);
            }
        }
        throw fault("undefined variable: " + name);
    }

    private void leave(int scope) {
        variables.subList(scope, variables.size()).clear();
    }

    private TemplateException fault(String what) {
        int at = here.at();
        int line = 1;
        int start = 0;
        for (int i = 0; i < at; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new TemplateException(
                "template: :" + line + ":" + (at - start) + ": executing \"\" at <" + here + ">: " + what, false);
    }
}
