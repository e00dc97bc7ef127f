package cairn.cli.completion;

import cairn.cli.args.Flag;
import cairn.cli.args.Kind;
import java.util.List;
import java.util.Set;

/** For fish. */
public final class Fish {
    private Fish() {}

    public static String script() {
        List<Catalogue.Entry> entries = Catalogue.entries();
        StringBuilder out = new StringBuilder("""
                # fish completion for cairn; made by 'cairn completion fish'
                function __cairn_containers; cairn ps -a --format '{{.Names}}' 2>/dev/null; end
                function __cairn_images; cairn images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null; end
                # whether the words so far, flags left out, are exactly these (first argument) or start with these
                function __cairn_at
                    set -l words (string match -v -- '-*' (commandline -opc)[2..])
                    test "$words" = "$argv"
                end
                function __cairn_in
                    set -l words (string match -v -- '-*' (commandline -opc)[2..])
                    test "$words[1..(count $argv)]" = "$argv"
                end
                complete -c cairn -f
                """);
        for (String first : Catalogue.firstWords(entries)) {
            Set<String> second = Catalogue.secondWords(entries, first);
            if (!second.isEmpty()) {
                out.append("complete -c cairn -n __cairn_at -a ").append(first).append(" -d 'Further commands'\n");
            }
        }
        for (Catalogue.Entry entry : entries) {
            entry(out, entry);
        }
        return out.toString();
    }

    private static void entry(StringBuilder out, Catalogue.Entry entry) {
        String spelling = entry.spelling();
        int space = spelling.indexOf(' ');
        String before = space < 0 ? "__cairn_at" : "'__cairn_at " + spelling.substring(0, space) + "'";
        out.append("complete -c cairn -n ").append(before).append(" -a ").append(spelling.substring(space + 1));
        out.append(" -d ").append(quoted(entry.summary())).append('\n');
        String inside = "complete -c cairn -n '__cairn_in " + spelling + "'";
        for (Flag flag : entry.flags()) {
            out.append(inside)
                    .append(flag.shorthand() == 0 ? "" : " -s " + flag.shorthand())
                    .append(" -l ")
                    .append(flag.name());
            out.append(flag.kind() == Kind.BOOL ? "" : " -r")
                    .append(" -d ")
                    .append(quoted(flag.help()))
                    .append('\n');
        }
        String names = names(entry.names());
        if (!names.isEmpty()) {
            out.append(inside).append(names).append('\n');
        }
    }

    private static String names(Catalogue.Names names) {
        return switch (names) {
            case CONTAINERS -> " -a '(__cairn_containers)'";
            case IMAGES -> " -a '(__cairn_images)'";
            case BOTH -> " -a '(__cairn_containers; __cairn_images)'";
            case FILES -> " -F";
            case SHELLS -> " -a 'bash zsh fish'";
            case NOTHING -> "";
        };
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
