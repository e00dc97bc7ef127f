package cairn.cli.completion;

import cairn.cli.args.Flag;
import cairn.cli.args.Kind;
import java.util.List;
import java.util.Set;

/** For zsh, with a description beside each command and flag. */
public final class Zsh {
    private Zsh() {}

    public static String script() {
        List<Catalogue.Entry> entries = Catalogue.entries();
        StringBuilder out = new StringBuilder("""
                #compdef cairn
                # zsh completion for cairn; made by 'cairn completion zsh'
                _cairn_containers() { local -a names; names=(${(f)"$(cairn ps -a --format '{{.Names}}' 2>/dev/null)"}); compadd -a names }
                _cairn_images() { local -a names; names=(${(f)"$(cairn images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null)"}); compadd -a names }
                _cairn_both() { _cairn_containers; _cairn_images }

                _cairn() {
                    local command="${words[2]-}"
                    local -a items
                    if ((CURRENT == 2)); then
                        items=(
                """);
        for (Catalogue.Entry entry : entries) {
            if (entry.spelling().indexOf(' ') < 0) {
                item(out, entry.spelling(), entry.summary());
            }
        }
        for (String first : Catalogue.firstWords(entries)) {
            if (!Catalogue.secondWords(entries, first).isEmpty()) {
                item(out, first, "Further commands");
            }
        }
        out.append("        )\n        _describe command items\n        return\n    fi\n    case $command in\n");
        for (String first : Catalogue.firstWords(entries)) {
            group(out, entries, first);
        }
        out.append("    esac\n    case $command in\n");
        for (Catalogue.Entry entry : entries) {
            out.append("        '").append(entry.spelling()).append("') _arguments");
            for (Flag flag : entry.flags()) {
                out.append(" \\\n            '--").append(flag.name());
                out.append(flag.kind() == Kind.BOOL ? "[" : "=[")
                        .append(text(flag.help()))
                        .append(']');
                out.append(flag.kind() == Kind.BOOL ? "'" : ":value:'");
            }
            out.append(" \\\n            '*:name:")
                    .append(action(entry.names()))
                    .append("' ;;\n");
        }
        return out.append("    esac\n}\ncompdef _cairn cairn\n").toString();
    }

    private static void group(StringBuilder out, List<Catalogue.Entry> entries, String first) {
        Set<String> second = Catalogue.secondWords(entries, first);
        if (second.isEmpty()) {
            return;
        }
        out.append("        ")
                .append(first)
                .append(")\n            if ((CURRENT == 3)); then\n                items=(\n");
        for (Catalogue.Entry entry : entries) {
            if (entry.spelling().startsWith(first + " ")) {
                item(out, entry.spelling().substring(first.length() + 1), entry.summary());
            }
        }
        out.append(
                "                )\n                _describe command items\n                return\n            fi\n");
        out.append("            command=\"$command ${words[3]}\"\n            shift words; ((CURRENT--)) ;;\n");
    }

    private static void item(StringBuilder out, String word, String summary) {
        out.append("            '")
                .append(word)
                .append(':')
                .append(text(summary))
                .append("'\n");
    }

    private static String text(String help) {
        return help.replace("'", "'\\''")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace(":", "\\:");
    }

    private static String action(Catalogue.Names names) {
        return switch (names) {
            case CONTAINERS -> "_cairn_containers";
            case IMAGES -> "_cairn_images";
            case BOTH -> "_cairn_both";
            case FILES -> "_files";
            case SHELLS -> "(bash zsh fish)";
            case NOTHING -> "";
        };
    }
}
