package cairn.cli;

import cairn.cli.args.ArgumentParser;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.args.UsageException;
import cairn.cli.daemon.Endpoint;
import cairn.cli.template.TemplateException;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entry point of {@code cairn}: global flags, the command's words, its own flags, and the exit status. */
public final class Main {
    /** Docker's status for a command line that cannot be read. */
    private static final int BAD_FLAG = 125;

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    Main(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    public static void main(String[] words) {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 15),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        InputStream in = new FileInputStream(FileDescriptor.in);
        int status = new Main(in, out, err, System.getenv()).run(words);
        out.flush();
        // Not exit: verbs have put back what they changed, threads that still wait for the terminal must not hold the
        // program
        // up, and exit would load the logging system first.
        Runtime.getRuntime().halt(status);
    }

    /** Runs a further command inside this program, with other ends for its output; the exit status. */
    public static int call(String[] words, Session session, PrintStream out, PrintStream err) {
        return new Main(session.in(), out, err, session.environment()).run(words);
    }

    int run(String[] words) {
        try {
            return dispatch(words);
        } catch (CliException e) {
            out.flush();
            if (!e.getMessage().isEmpty()) {
                err.println(e.getMessage());
            }
            return e.status();
        } catch (DaemonException e) {
            out.flush();
            err.println(e.shown());
            return 1;
        } catch (TemplateException e) {
            out.flush();
            err.println("template parsing error: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            out.flush();
            err.println("cairn: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
            return 1;
        }
    }

    static Flags globalFlags() {
        return new Flags()
                .of(Kind.LIST, "H,host", "Socket of the daemon: unix://PATH")
                .bool("D,debug", "Accepted for compatibility")
                .text("config", "Directory of the client's config file (default ~/.docker)")
                .text("c,context", "")
                .text("l,log-level", "")
                .bool("v,version", "Print the version and end");
    }

    private int dispatch(String[] words) throws IOException {
        Arguments global;
        try {
            global = ArgumentParser.parse(globalFlags(), false, words, 0);
        } catch (UsageException e) {
            throw new CliException(
                    BAD_FLAG,
                    e.getMessage()
                            + "\n\nUsage:  cairn [OPTIONS] COMMAND [ARG...]\n\nRun 'cairn --help' for more information");
        }
        if (global.on("version")) {
            out.println("Cairn version " + Product.VERSION);
            return 0;
        }
        List<String> rest = global.positionals();
        if (global.help() || rest.isEmpty()) {
            out.print(HelpText.all(width()));
            return 0;
        }
        if (rest.getFirst().equals("help")) {
            return help(rest.subList(1, rest.size()));
        }
        return command(global, rest);
    }

    private int command(Arguments global, List<String> rest) throws IOException {
        String first = rest.getFirst();
        int used = 1;
        String spelling = first;
        Command command = Command.spelled(first);
        if (command == null && Command.leads(first)) {
            if (rest.size() == 1 || rest.get(1).startsWith("-")) {
                // Asked for, it is output; else it is a remark.
                (rest.size() == 1 ? err : out).print(HelpText.group(first));
                return 0;
            }
            spelling = first + " " + rest.get(1);
            used = 2;
            command = Command.spelled(spelling);
        }
        if (command == null) {
            throw unknown(first, spelling, used == 2);
        }
        Verb verb = command.verb();
        Usage usage = verb.usage();
        Arguments given = parse(usage, spelling, rest, used);
        if (given.help()) {
            out.print(HelpText.command(command, spelling, usage, width()));
            return 0;
        }
        Endpoint endpoint = Endpoint.of(global.texts("host"), environment);
        return verb.run(given, new Session(endpoint, in, out, err, configured(global.text("config"))));
    }

    /** The environment, in which the variable says what the flag {@code --config} does. */
    private Map<String, String> configured(String directory) {
        if (directory.isEmpty()) {
            return environment;
        }
        Map<String, String> changed = new HashMap<>(environment);
        changed.put("DOCKER_CONFIG", directory);
        return changed;
    }

    private int help(List<String> words) {
        if (words.isEmpty()) {
            out.print(HelpText.all(width()));
            return 0;
        }
        String spelling = String.join(" ", words);
        Command command = Command.spelled(spelling);
        if (command == null) {
            if (Command.leads(spelling)) {
                out.print(HelpText.group(spelling));
                return 0;
            }
            throw unknown(words.getFirst(), spelling, false);
        }
        out.print(HelpText.command(command, spelling, command.verb().usage(), width()));
        return 0;
    }

    private static CliException unknown(String first, String spelling, boolean inGroup) {
        String near = Nearest.to(spelling);
        String hint = near.isEmpty() ? "" : "\n\nDid you mean 'cairn " + near + "'?";
        String usage = inGroup ? "Usage:  cairn " + first + "\n\n" : "";
        String help = inGroup ? "cairn " + first : "cairn";
        return new CliException("cairn: unknown command: cairn " + spelling + hint + "\n\n" + usage + "Run '" + help
                + " --help' for more information");
    }

    private static Arguments parse(Usage usage, String spelling, List<String> rest, int used) {
        String[] words = rest.toArray(new String[0]);
        Arguments given;
        try {
            given = ArgumentParser.parse(usage.flags(), usage.interspersed(), words, used);
        } catch (UsageException e) {
            throw new CliException(
                    BAD_FLAG,
                    e.getMessage() + "\n\n" + HelpText.usageLine(spelling, usage) + "\n\nRun 'cairn " + spelling
                            + " --help' for more information");
        }
        int count = given.positionals().size();
        if (!given.help() && (count < usage.least() || count > usage.most())) {
            throw new CliException("cairn: 'cairn " + spelling + "' " + wanted(usage) + "\n\n"
                    + HelpText.usageLine(spelling, usage) + (usage.most() == Usage.MANY ? "\n\nSee" : "\n\nRun")
                    + " 'cairn " + spelling + " --help' for more information");
        }
        return given;
    }

    private static String wanted(Usage usage) {
        int least = usage.least();
        int most = usage.most();
        if (most == 0) {
            return "accepts no arguments";
        }
        if (least == most) {
            return "requires " + count(least);
        }
        if (most == Usage.MANY) {
            return "requires at least " + count(least);
        }
        return least == 0
                ? "requires at most " + count(most)
                : "requires at least " + least + " and at most " + count(most);
    }

    private static String count(int arguments) {
        return arguments + (arguments == 1 ? " argument" : " arguments");
    }

    private int width() {
        String columns = environment.get("COLUMNS");
        try {
            return columns == null ? 80 : Math.max(60, Integer.parseInt(columns));
        } catch (NumberFormatException e) {
            return 80;
        }
    }
}
