package cairn.cli.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Go's built-in functions and those that Docker adds; {@code and} and {@code or} are the evaluator's, for they stop early. */
final class Functions {
    static final Set<String> NAMES = Set.of(
            "and",
            "or",
            "not",
            "len",
            "index",
            "slice",
            "print",
            "println",
            "printf",
            "html",
            "js",
            "urlquery",
            "eq",
            "ne",
            "lt",
            "le",
            "gt",
            "ge",
            "json",
            "join",
            "split",
            "title",
            "lower",
            "upper",
            "pad",
            "truncate");

    private final Absent absent;
    private final boolean header;

    /** In a header row the functions that change a text leave it as it is, so that a column keeps its name. */
    Functions(Absent absent, boolean header) {
        this.absent = absent;
        this.header = header;
    }

    /** The exact number of arguments, or -1 - n for n and more. */
    static int arity(String name) {
        return switch (name) {
            case "not", "len", "json", "title", "lower", "upper" -> 1;
            case "ne", "lt", "le", "gt", "ge", "join", "split", "truncate" -> 2;
            case "pad" -> 3;
            case "and", "or", "index", "slice", "printf", "eq" -> -2;
            default -> -1;
        };
    }

    @Nullable
    Object call(String name, List<@Nullable Object> given) {
        if (header && given.getFirst() instanceof String text && keeps(name)) {
            return text;
        }
        return switch (name) {
            case "not" -> !Values.truth(given.getFirst());
            case "len" -> length(given.getFirst());
            case "index" -> index(given);
            case "slice" -> slice(given);
            case "print" -> print(given);
            case "println" -> line(given);
            case "printf" -> Printf.print(text(given.getFirst()), given.subList(1, given.size()));
            case "html" -> html(print(given));
            case "js" -> javascript(print(given));
            case "urlquery" -> URLEncoder.encode(print(given), StandardCharsets.UTF_8);
            case "eq" -> equalsAny(given);
            case "ne" -> !Comparison.same(given.get(0), given.get(1));
            case "lt" -> Comparison.order(given.get(0), given.get(1)) < 0;
            case "le" -> Comparison.order(given.get(0), given.get(1)) <= 0;
            case "gt" -> Comparison.order(given.get(0), given.get(1)) > 0;
            case "ge" -> Comparison.order(given.get(0), given.get(1)) >= 0;
            case "json" -> JsonText.compact(given.getFirst());
            case "join" -> join(given.get(0), text(given.get(1)));
            case "split" -> split(text(given.get(0)), text(given.get(1)));
            case "title" -> title(text(given.getFirst()));
            case "lower" -> text(given.getFirst()).toLowerCase(Locale.ROOT);
            case "upper" -> text(given.getFirst()).toUpperCase(Locale.ROOT);
            case "pad" -> pad(text(given.get(0)), number(given.get(1)), number(given.get(2)));
            case "truncate" -> truncate(text(given.get(0)), number(given.get(1)));
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static boolean keeps(String name) {
        return switch (name) {
            case "json", "join", "split", "title", "lower", "upper", "truncate" -> true;
            default -> false;
        };
    }

    /** What each parameter must be: s string, i integer, l list of strings, a anything (also those beyond the end). */
    static String parameters(String name) {
        return switch (name) {
            case "printf", "title", "lower", "upper" -> "s";
            case "split" -> "ss";
            case "join" -> "ls";
            case "truncate" -> "si";
            case "pad" -> "sii";
            default -> "";
        };
    }

    static boolean fits(char parameter, @Nullable Object value) {
        return switch (parameter) {
            case 's' -> value instanceof String;
            case 'i' -> Numbers.integral(value);
            case 'l' -> value == Nil.LIST || (value instanceof Collection<?> list && strings(list));
            default -> true;
        };
    }

    static String type(char parameter) {
        return switch (parameter) {
            case 's' -> "string";
            case 'i' -> "int";
            case 'l' -> "[]string";
            default -> "interface {}";
        };
    }

    static boolean strings(Collection<?> list) {
        for (Object item : list) {
            if (!(item instanceof String)) {
                return false;
            }
        }
        return true;
    }

    private static String text(@Nullable Object value) {
        return (String) Objects.requireNonNull(value);
    }

    private static int number(@Nullable Object value) {
        long number = ((Number) Objects.requireNonNull(value)).longValue();
        return (int) Math.max(-10_000, Math.min(10_000, number));
    }

    private static Object length(@Nullable Object value) {
        return switch (value) {
            case String text -> (long) text.getBytes(StandardCharsets.UTF_8).length;
            case Collection<?> list -> (long) list.size();
            case Map<?, ?> map -> (long) map.size();
            case Nil nil when nil != Nil.POINTER -> 0L;
            case null -> throw new CallFault("len of nil pointer");
            default -> throw new CallFault("len of type " + Values.type(value));
        };
    }

    private @Nullable Object index(List<@Nullable Object> given) {
        Object item = given.getFirst();
        if (item == null) {
            throw new CallFault("index of untyped nil");
        }
        for (int i = 1; i < given.size(); i++) {
            item = element(item, given.get(i));
        }
        return item;
    }

    private @Nullable Object element(@Nullable Object item, @Nullable Object key) {
        return switch (item) {
            case List<?> list -> list.get(position(key, list.size() - 1));
            case String text -> (long) text.getBytes(StandardCharsets.UTF_8)[position(key, text.length() - 1)];
            case Map<?, ?> map -> {
                if (!(key instanceof String)) {
                    throw new CallFault(
                            key == null
                                    ? "value is nil; should be of type string"
                                    : "value has type " + Values.type(key) + "; should be string");
                }
                yield map.containsKey(key) ? map.get(key) : absent.element(map);
            }
            case Nil nil when nil == Nil.LIST -> position(key, -1);
            case Nil nil when nil == Nil.MAP -> "";
            case null -> throw new CallFault("index of nil pointer");
            default -> throw new CallFault("can't index item of type " + Values.type(item));
        };
    }

    private static int position(@Nullable Object key, int last) {
        if (!(key instanceof Number number) || !Numbers.integral(number)) {
            throw new CallFault("cannot index slice/array with " + (key == null ? "nil" : "type " + Values.type(key)));
        }
        if (number.longValue() < 0 || number.longValue() > last) {
            throw new CallFault("index out of range: " + number);
        }
        return number.intValue();
    }

    private static Object slice(List<@Nullable Object> given) {
        Object item = given.getFirst();
        int size = switch (item) {
            case String text -> text.length();
            case List<?> list -> list.size();
            case null -> throw new CallFault("slice of untyped nil");
            default -> throw new CallFault("can't slice item of type " + Values.type(item));
        };
        int from = given.size() > 1 ? position(given.get(1), size) : 0;
        int to = given.size() > 2 ? position(given.get(2), size) : size;
        if (from > to) {
            throw new CallFault("invalid slice index: " + from + " > " + to);
        }
        return item instanceof String text ? text.substring(from, to) : ((List<?>) item).subList(from, to);
    }

    /** As fmt.Sprint: a space between two operands of which neither is a string. */
    private static String print(List<@Nullable Object> given) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < given.size(); i++) {
            if (i > 0 && !(given.get(i) instanceof String) && !(given.get(i - 1) instanceof String)) {
                out.append(' ');
            }
            out.append(Values.within(given.get(i)));
        }
        return out.toString();
    }

    private static String line(List<@Nullable Object> given) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < given.size(); i++) {
            out.append(i == 0 ? "" : " ").append(Values.within(given.get(i)));
        }
        return out.append('\n').toString();
    }

    private static String html(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c);
            }
        }
        return out.toString();
    }

    private static String javascript(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\'' -> out.append("\\'");
                case '"' -> out.append("\\\"");
                case '<', '>', '&', '=' ->
                    out.append("\\u00").append(Integer.toHexString(c).toUpperCase(Locale.ROOT));
                default ->
                    out.append(
                            c < ' '
                                    ? "\\u00" + (c < 16 ? "0" : "")
                                            + Integer.toHexString(c).toUpperCase(Locale.ROOT)
                                    : c);
            }
        }
        return out.toString();
    }

    private static boolean equalsAny(List<@Nullable Object> given) {
        if (given.size() < 2) {
            throw new CallFault("missing argument for comparison");
        }
        for (int i = 1; i < given.size(); i++) {
            if (Comparison.same(given.getFirst(), given.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static String join(@Nullable Object list, String separator) {
        if (list == Nil.LIST) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Object item : (Collection<?>) Objects.requireNonNull(list)) {
            out.append(first ? "" : separator).append(text(item));
            first = false;
        }
        return out.toString();
    }

    private static List<String> split(String text, String separator) {
        List<String> parts = new ArrayList<>();
        if (separator.isEmpty()) {
            text.codePoints().forEach(point -> parts.add(Character.toString(point)));
            return parts;
        }
        int start = 0;
        for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
            parts.add(text.substring(start, end));
            start = end + separator.length();
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** The first letter of each word in upper case; a word starts after anything but letters, digits and underscores. */
    private static String title(String text) {
        StringBuilder out = new StringBuilder(text.length());
        boolean start = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(start ? Character.toTitleCase(c) : c);
            start = !(Character.isLetterOrDigit(c) || c == '_' || (c < 128 && c != ' ' && !punctuation(c)));
        }
        return out.toString();
    }

    private static boolean punctuation(char c) {
        return c != '_' && !Character.isLetterOrDigit(c);
    }

    private static String pad(String text, int before, int after) {
        return text.isEmpty() ? text : " ".repeat(Math.max(0, before)) + text + " ".repeat(Math.max(0, after));
    }

    private static String truncate(String text, int length) {
        return text.codePointCount(0, text.length()) <= length || length < 0
                ? text
                : text.substring(0, text.offsetByCodePoints(0, length));
    }
}
