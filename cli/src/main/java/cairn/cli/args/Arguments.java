package cairn.cli.args;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A parsed command line. Values are asked for by the flag's long name; asking for a flag that the verb does not define is
 * a programming fault.
 */
public final class Arguments {
    private final Flags flags;
    private final Map<String, List<String>> given;
    private final List<String> positionals;
    private final boolean help;

    Arguments(Flags flags, Map<String, List<String>> given, List<String> positionals, boolean help) {
        this.flags = flags;
        this.given = given;
        this.positionals = positionals;
        this.help = help;
    }

    /** Whether {@code --help} was given; nothing else was checked then. */
    public boolean help() {
        return help;
    }

    public boolean given(String name) {
        flags.need(name);
        return given.containsKey(name);
    }

    public boolean on(String name) {
        return Boolean.TRUE.equals(Kind.truth(text(name)));
    }

    /** The last value given, else the initial one, else "". */
    public String text(String name) {
        String value = optional(name);
        return value == null ? "" : value;
    }

    /** The last value given, else the initial one, else null. */
    public @Nullable String optional(String name) {
        List<String> values = given.get(name);
        return values == null ? flags.need(name).initial() : values.getLast();
    }

    /** All values given, in order. */
    public List<String> texts(String name) {
        flags.need(name);
        return given.getOrDefault(name, List.of());
    }

    /** The value of an INT or UINT16 flag; 0 when neither given nor initial. */
    public long number(String name) {
        String value = optional(name);
        return value == null ? 0 : Long.parseLong(value);
    }

    /** The value of a BYTES flag; 0 when not given. */
    public long bytes(String name) {
        String value = optional(name);
        return value == null ? 0 : Bytes.parse(value);
    }

    /** The value of a DURATION flag in nanoseconds; 0 when not given. */
    public long nanos(String name) {
        String value = optional(name);
        return value == null ? 0 : Durations.parse(value);
    }

    public List<String> positionals() {
        return positionals;
    }

    public String positional(int index) {
        return positionals.get(index);
    }
}
