package cairn.cli.args;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The flags of one verb, in the order of definition; built when the verb is called, by chained calls. */
public final class Flags {
    private final List<Flag> all = new ArrayList<>();
    private final Map<String, Flag> byName = new HashMap<>();
    private final Map<Character, Flag> byShorthand = new HashMap<>();

    /** A switch that is off unless given. */
    public Flags bool(String spelling, String help) {
        return add(spelling, Kind.BOOL, "false", help);
    }

    /** A switch with this state unless given. */
    public Flags bool(String spelling, boolean initial, String help) {
        return add(spelling, Kind.BOOL, String.valueOf(initial), help);
    }

    public Flags text(String spelling, String help) {
        return add(spelling, Kind.STRING, null, help);
    }

    public Flags of(Kind kind, String spelling, String help) {
        return add(spelling, kind, null, help);
    }

    public Flags of(Kind kind, String spelling, String initial, String help) {
        return add(spelling, kind, initial, help);
    }

    /** Another, hidden spelling of a flag that is already there. */
    public Flags also(String spelling, String name) {
        Flag target = need(name);
        char shorthand = shorthand(spelling);
        put(new Flag(shorthand, longName(spelling), name, target.kind(), target.initial(), target.help()));
        return this;
    }

    /** Flag and value are separated as in help: {@code "e,env"} or {@code "env"}. */
    private Flags add(String spelling, Kind kind, @Nullable String initial, String help) {
        String name = longName(spelling);
        put(new Flag(shorthand(spelling), name, name, kind, initial, help));
        return this;
    }

    private void put(Flag flag) {
        all.add(flag);
        Flag earlier = byName.put(flag.name(), flag);
        if (flag.shorthand() != 0 && earlier == null) {
            earlier = byShorthand.put(flag.shorthand(), flag);
        }
        if (earlier != null) {
            throw new IllegalArgumentException("flag defined twice: " + flag.spelling());
        }
    }

    private static char shorthand(String spelling) {
        return spelling.length() > 1 && spelling.charAt(1) == ',' ? spelling.charAt(0) : 0;
    }

    private static String longName(String spelling) {
        return shorthand(spelling) == 0 ? spelling : spelling.substring(2);
    }

    public List<Flag> all() {
        return all;
    }

    @Nullable
    Flag named(String name) {
        return byName.get(name);
    }

    @Nullable
    Flag shortened(char letter) {
        return byShorthand.get(letter);
    }

    Flag need(String name) {
        Flag flag = byName.get(name);
        if (flag == null) {
            throw new IllegalArgumentException("no such flag: " + name);
        }
        return flag;
    }
}
