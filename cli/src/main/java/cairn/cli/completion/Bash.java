package cairn.cli.completion;

import cairn.cli.args.Flag;
import java.util.List;
import java.util.Set;

/** For bash 4 and newer, without the bash-completion package. */
public final class Bash {
    private Bash() {}

    public static String script() {
        List<Catalogue.Entry> entries = Catalogue.entries();
        StringBuilder out = new StringBuilder("""
                # bash completion for cairn; made by 'cairn completion bash'
                _cairn_containers() { cairn ps -a --format '{{.Names}}' 2>/dev/null; }
                _cairn_images() { cairn images --format '{{.Repository}}:{{.Tag}}' 2>/dev/null | grep -v '<none>'; }

                _cairn() {
                    local current=${COMP_WORDS[COMP_CWORD]} command='' word flags='' names='' i
                    local -a words=()
                    COMPREPLY=()
                    for ((i = 1; i < COMP_CWORD; i++)); do
                        word=${COMP_WORDS[i]}
                        [[ $word == -* ]] || words+=("$word")
                    done
                    command=${words[0]-}
                    case $command in
                """);
        for (String first : Catalogue.firstWords(entries)) {
            Set<String> second = Catalogue.secondWords(entries, first);
            if (!second.isEmpty()) {
                out.append("        ").append(first).append(")\n            if ((${#words[@]} < 2)); then\n");
                out.append("                COMPREPLY=($(compgen -W '")
                        .append(String.join(" ", second))
                        .append("' -- \"$current\"))\n");
                out.append("                return\n            fi\n            command=\"$command ${words[1]}\" ;;\n");
            }
        }
        out.append("        '')\n            COMPREPLY=($(compgen -W '")
                .append(String.join(" ", Catalogue.firstWords(entries)));
        out.append(
                " --help --host --version' -- \"$current\"))\n            return ;;\n    esac\n    case $command in\n");
        for (Catalogue.Entry entry : entries) {
            out.append("        '")
                    .append(entry.spelling())
                    .append("') flags='")
                    .append(flags(entry))
                    .append("'; names=");
            out.append(names(entry.names())).append(" ;;\n");
        }
        return out.append("""
                    esac
                    if [[ $current == -* ]]; then
                        COMPREPLY=($(compgen -W "$flags --help" -- "$current"))
                        return
                    fi
                    case $names in
                        containers) COMPREPLY=($(compgen -W "$(_cairn_containers)" -- "$current")) ;;
                        images) COMPREPLY=($(compgen -W "$(_cairn_images)" -- "$current")) ;;
                        both) COMPREPLY=($(compgen -W "$(_cairn_containers; _cairn_images)" -- "$current")) ;;
                        shells) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$current")) ;;
                        files) COMPREPLY=($(compgen -f -- "$current")) ;;
                    esac
                    # A colon separates words in bash: leave off what stands before it already.
                    if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
                        local prefix=${current%"${current##*:}"}
                        for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$prefix"}; done
                    fi
                }
                complete -o default -F _cairn cairn
                """).toString();
    }

    private static String flags(Catalogue.Entry entry) {
        StringBuilder out = new StringBuilder();
        for (Flag flag : entry.flags()) {
            out.append(out.isEmpty() ? "" : " ").append("--").append(flag.name());
        }
        return out.toString();
    }

    private static String names(Catalogue.Names names) {
        return names.name().toLowerCase(java.util.Locale.ROOT);
    }
}
