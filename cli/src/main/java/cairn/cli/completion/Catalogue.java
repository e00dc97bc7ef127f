package cairn.cli.completion;

import cairn.cli.Command;
import cairn.cli.args.Flag;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What there is to complete: every spelling of every command with its flags and the kind of its positionals. */
final class Catalogue {
    /** What a positional can be. */
    enum Names {
        CONTAINERS,
        IMAGES,
        BOTH,
        FILES,
        SHELLS,
        NOTHING
    }

    record Entry(String spelling, String summary, List<Flag> flags, Names names) {}

    private Catalogue() {}

    static List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        for (Command command : Command.values()) {
            var usage = command.verb().usage();
            List<Flag> flags = new ArrayList<>();
            for (Flag flag : usage.flags().all()) {
                if (!flag.help().isEmpty() && flag.name().equals(flag.stands())) {
                    flags.add(flag);
                }
            }
            for (String spelling : command.spellings()) {
                entries.add(new Entry(spelling, command.summary(), flags, names(usage.positionals())));
            }
        }
        return entries;
    }

    private static Names names(String positionals) {
        if (positionals.startsWith("CONTAINER|IMAGE") || positionals.startsWith("NAME|ID")) {
            return Names.BOTH;
        }
        if (positionals.startsWith("CONTAINER")) {
            return Names.CONTAINERS;
        }
        if (positionals.startsWith("IMAGE")
                || positionals.equals("NAME[:TAG]")
                || positionals.startsWith("SOURCE_IMAGE")
                || positionals.startsWith("[REPOSITORY")) {
            return Names.IMAGES;
        }
        if (positionals.startsWith("bash")) {
            return Names.SHELLS;
        }
        return positionals.startsWith("FILE") || positionals.startsWith("DIRECTORY") || positionals.startsWith("BRANCH")
                ? Names.FILES
                : Names.NOTHING;
    }

    /** First words: commands of one word, and the groups. */
    static Set<String> firstWords(List<Entry> entries) {
        Set<String> words = new LinkedHashSet<>();
        for (Entry entry : entries) {
            int space = entry.spelling().indexOf(' ');
            words.add(space < 0 ? entry.spelling() : entry.spelling().substring(0, space));
        }
        words.add("daemon");
        words.add("help");
        return words;
    }

    /** Second words of a group; empty for a command. */
    static Set<String> secondWords(List<Entry> entries, String group) {
        Set<String> words = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.spelling().startsWith(group + " ")) {
                words.add(entry.spelling().substring(group.length() + 1));
            }
        }
        return words;
    }
}
