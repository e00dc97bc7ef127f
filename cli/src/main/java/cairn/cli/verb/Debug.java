package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.ArgumentParser;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code cairn debug}: a second container with tools of its own, in the namespaces of one that has none. It is made by the same requests as
 * {@code cairn run --pid container:X --network container:X}, so all that holds for containers holds for it.
 */
public final class Debug implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.STRING, "image", "host", "Image with the tools")
                .of(Kind.LIST, "e,env", "Set a variable")
                .bool("i,interactive", "Read the standard input, as is always done")
                .bool("t,tty", "Give the tools a terminal, as is done by itself where there is one")
                .text("u,user", "Who runs the tools (default root)")
                .bool("privileged", "With all rights, as 'cairn run --privileged'");
        return Usage.before("CONTAINER [COMMAND] [ARG...]", 1, flags).with("""
                        Opens a shell with tools of its own beside the processes of a running container: it sees and may signal and
                        trace them, has their network and, if they share it, their shared memory. The container's files are below
                        /proc/1/root. Nothing in the container changes, and nothing is left when the shell ends.

                        Examples:
                          cairn debug web                              a shell of this machine's own programs
                          cairn debug web ls -l /proc/1/root/etc
                          cairn debug web <script.sh                   its lines, one after the other
                          cairn debug --image busybox web netstat -tln""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String name = given.positional(0);
        Tree target = Tree.read(
                session.daemon().bytes("GET", Query.container(name, "/json").toString(), null));
        if (!target.at("State", "Running").on()) {
            throw new CliException(
                    "container " + name + " does not run, so there are no namespaces to enter; 'cairn why " + name
                            + "' says why, 'cairn cp' and 'cairn export' give its files");
        }
        String image = given.text("image");
        List<String> words = words(given, target, image);
        Verb run = new Run();
        Usage usage = run.usage();
        session.err().println("The files of " + name + " are below /proc/1/root.");
        return run.run(
                ArgumentParser.parse(usage.flags(), usage.interspersed(), words.toArray(String[]::new), 0), session);
    }

    private static List<String> words(Arguments given, Tree target, String image) {
        String id = target.at("Id").text();
        List<String> words = new ArrayList<>(List.of("--rm", "--interactive", "--pid", "container:" + id));
        words.addAll(List.of("--network", "container:" + id, "--label", "cairn.debug=" + id));
        String ipc = target.at("HostConfig", "IpcMode").text();
        if (ipc.equals("shareable") || ipc.equals("host") || ipc.startsWith("container:")) {
            words.addAll(List.of("--ipc", "container:" + id));
        }
        // Without it the kernel shows the root, the environment and the memory of a process only to its own kind.
        words.addAll(List.of("--cap-add", "SYS_PTRACE"));
        if (given.on("tty") || Console.typed() && Console.shown()) {
            words.add("--tty");
        }
        if (given.on("privileged")) {
            words.add("--privileged");
        }
        if (!given.text("user").isEmpty()) {
            words.addAll(List.of("--user", given.text("user")));
        }
        for (String variable : given.texts("env")) {
            words.addAll(List.of("--env", variable));
        }
        words.add("--");
        words.add(image);
        words.addAll(given.positionals().subList(1, given.positionals().size()));
        return words;
    }
}
