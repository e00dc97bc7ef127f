package cairn.cli;

import cairn.cli.args.Flag;
import cairn.cli.args.Help;
import cairn.cli.daemon.Endpoint;

/** The help texts, made from the table of commands and the usage of each verb. */
final class HelpText {
    private HelpText() {}

    static String all(int width) {
        StringBuilder out = new StringBuilder("""
                Usage:  cairn [OPTIONS] COMMAND

                A container engine that shows how containers are made

                """);
        for (Command.Group group : Command.Group.values()) {
            out.append(group.title()).append(":\n");
            for (Command command : Command.all()) {
                if (command.group() == group) {
                    line(out, command.words(), command.summary());
                }
            }
            out.append('\n');
        }
        out.append("Groups of commands, as in 'cairn container ls': container, image, lab, store, system\n\n");
        out.append("The daemon itself:\n");
        line(out, "daemon", "Run the daemon in the foreground; the other commands start one when none runs");
        out.append("\nOptions:\n").append(Help.flags(Main.globalFlags(), width));
        out.append("\nThe daemon is reached at ")
                .append(Endpoint.DEFAULT)
                .append(";\n")
                .append("CAIRN_HOST or DOCKER_HOST name another socket, and -H before both of them.\n")
                .append(
                        "\nRun 'cairn COMMAND --help' for more on a command. New to containers? Start with 'cairn tour'.\n");
        return out.toString();
    }

    static String group(String word) {
        StringBuilder out = new StringBuilder("Usage:  cairn ").append(word).append(" COMMAND\n\nCommands:\n");
        String start = word + " ";
        for (Command command : Command.all()) {
            for (String spelling : command.spellings()) {
                if (spelling.startsWith(start)) {
                    line(out, spelling.substring(start.length()), command.summary());
                    break;
                }
            }
        }
        return out.append("\nRun 'cairn ")
                .append(word)
                .append(" COMMAND --help' for more on a command.\n")
                .toString();
    }

    private static void line(StringBuilder out, String words, String summary) {
        out.append("  ")
                .append(words)
                .repeat(' ', Math.max(1, 18 - words.length()))
                .append(summary)
                .append('\n');
    }

    static String usageLine(String spelling, Usage usage) {
        StringBuilder out = new StringBuilder("Usage:  cairn ").append(spelling);
        for (Flag flag : usage.flags().all()) {
            if (!flag.help().isEmpty()) {
                out.append(" [OPTIONS]");
                break;
            }
        }
        if (!usage.positionals().isEmpty()) {
            out.append(' ').append(usage.positionals());
        }
        return out.toString();
    }

    static String command(Command command, String spelling, Usage usage, int width) {
        StringBuilder out = new StringBuilder(usageLine(spelling, usage));
        out.append("\n\n").append(command.summary()).append('\n');
        String[] spellings = command.spellings();
        if (spellings.length > 1) {
            out.append("\nAliases:\n  cairn ")
                    .append(String.join(", cairn ", spellings))
                    .append('\n');
        }
        if (!usage.more().isEmpty()) {
            out.append('\n').append(usage.more().strip()).append('\n');
        }
        if (!usage.flags().all().isEmpty()) {
            out.append("\nOptions:\n").append(Help.flags(usage.flags(), width));
        }
        return out.toString();
    }
}
