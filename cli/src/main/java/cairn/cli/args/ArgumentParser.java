package cairn.cli.args;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Splits a command line into flags and positionals by the rules of pflag, Docker's parser:
 *
 * <ul>
 *   <li>{@code --name=value} and {@code --name value}; a switch takes a value only after {@code =}
 *   <li>{@code -itd}, {@code -p80:80}, {@code -p=80:80}, {@code -p 80:80}, {@code -itw/tmp}
 *   <li>{@code --} ends the flags; {@code -} alone is a positional
 *   <li>a flag that needs a value takes the next word whatever it looks like
 *   <li>when not interspersed, the first positional ends the flags
 * </ul>
 */
public final class ArgumentParser {
    private final Flags flags;
    private final boolean interspersed;
    private final Map<String, List<String>> given = new HashMap<>();
    private final List<String> positionals = new ArrayList<>();
    private boolean help;

    private ArgumentParser(Flags flags, boolean interspersed) {
        this.flags = flags;
        this.interspersed = interspersed;
    }

    /**
     * Reads the words from index {@code from} on.
     *
     * @throws UsageException for an unknown flag, a missing or a malformed value
     */
    public static Arguments parse(Flags flags, boolean interspersed, String[] words, int from) {
        ArgumentParser parser = new ArgumentParser(flags, interspersed);
        parser.read(words, from);
        return new Arguments(flags, parser.given, parser.positionals, parser.help);
    }

    private void read(String[] words, int from) {
        int at = from;
        while (at < words.length && !help) {
            String word = words[at++];
            if (word.equals("--")) {
                rest(words, at);
                return;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                positionals.add(word);
                if (!interspersed) {
                    rest(words, at);
                    return;
                }
                continue;
            }
            String next = at < words.length ? words[at] : null;
            boolean consumed = word.charAt(1) == '-' ? longFlag(word, next) : cluster(word, next);
            at += consumed ? 1 : 0;
        }
    }

    private void rest(String[] words, int from) {
        for (int i = from; i < words.length; i++) {
            positionals.add(words[i]);
        }
    }

    /** Returns whether the next word was taken as the value. */
    private boolean longFlag(String word, @Nullable String next) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        if (name.isEmpty() || name.charAt(0) == '-') {
            throw new UsageException("bad flag syntax: " + word);
        }
        Flag flag = flags.named(name);
        if (flag == null) {
            if (name.equals("help")) {
                help = true;
                return false;
            }
            throw new UsageException("unknown flag: --" + name);
        }
        if (equals >= 0) {
            set(flag, word.substring(equals + 1));
            return false;
        }
        if (flag.kind() == Kind.BOOL) {
            set(flag, "true");
            return false;
        }
        if (next == null) {
            throw new UsageException("flag needs an argument: --" + name);
        }
        set(flag, next);
        return true;
    }

    /** Shorthands in one word; the first that needs a value takes what is left of the word, or else the next word. */
    private boolean cluster(String word, @Nullable String next) {
        for (int i = 1; i < word.length(); i++) {
            Flag flag = flags.shortened(word.charAt(i));
            if (flag == null) {
                if (word.charAt(i) == 'h') {
                    help = true;
                    return false;
                }
                throw new UsageException("unknown shorthand flag: '" + word.charAt(i) + "' in -" + word.substring(i));
            }
            boolean last = i + 1 == word.length();
            if (!last && word.charAt(i + 1) == '=') {
                set(flag, word.substring(i + 2));
                return false;
            }
            if (flag.kind() == Kind.BOOL) {
                set(flag, "true");
            } else if (!last) {
                set(flag, word.substring(i + 1));
                return false;
            } else if (next == null) {
                throw new UsageException("flag needs an argument: '" + word.charAt(i) + "' in -" + word.substring(i));
            } else {
                set(flag, next);
                return true;
            }
        }
        return false;
    }

    private void set(Flag flag, String value) {
        String fault = flag.kind().fault(value);
        if (fault != null) {
            throw new UsageException(
                    "invalid argument \"" + value + "\" for \"" + flag.spelling() + "\" flag: " + fault);
        }
        List<String> values = given.get(flag.stands());
        if (values == null) {
            values = new ArrayList<>(4);
            given.put(flag.stands(), values);
        }
        if (flag.kind() == Kind.STRINGS) {
            splitCommas(value, values);
        } else {
            values.add(value);
        }
    }

    private static void splitCommas(String value, List<String> into) {
        int start = 0;
        for (int comma = value.indexOf(','); comma >= 0; comma = value.indexOf(',', start)) {
            into.add(value.substring(start, comma));
            start = comma + 1;
        }
        into.add(value.substring(start));
    }
}
