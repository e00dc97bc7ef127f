package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.stream.DetachKeys;
import cairn.cli.stream.Signals;
import cairn.wire.http.Duplex;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn start}. */
public final class Start implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,attach", "Show its output, and pass signals on to it")
                .text("detach-keys", Texts.DETACH_KEYS)
                .bool("i,interactive", "Connect standard input, too")
                .bool("sig-proxy", true, "")
                .text("checkpoint", "")
                .text("checkpoint-dir", "");
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, flags);
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        if (!given.on("attach") && !given.on("interactive")) {
            return inBackground(given.positionals(), session);
        }
        if (given.positionals().size() > 1) {
            throw new CliException("you cannot start and attach multiple containers at once");
        }
        return attached(given, session);
    }

    private static int inBackground(List<String> names, Session session) {
        List<String> failed = new ArrayList<>();
        for (String name : names) {
            try {
                Running.start(session, name);
                session.out().println(name);
                session.out().flush();
            } catch (DaemonException e) {
                session.err().println(e.shown());
                failed.add(name);
            }
        }
        if (!failed.isEmpty()) {
            throw new CliException("Error: failed to start containers: " + String.join(", ", failed));
        }
        return 0;
    }

    private static int attached(Arguments given, Session session) throws IOException {
        String name = given.positional(0);
        Tree container = session.daemon().get(Query.container(name, "/json"));
        String id = container.at("Id").text();
        boolean tty = container.at("Config", "Tty").on();
        boolean stdin =
                given.on("interactive") && container.at("Config", "OpenStdin").on();
        Running.checkTerminal(tty, stdin);
        String keys = given.text("detach-keys");
        Running running = new Running(session, id, tty, DetachKeys.parse(keys), keys);
        String condition = container.at("HostConfig", "AutoRemove").on() ? "removed" : "next-exit";
        try (Signals.Handling _ = running.forwarding(given.on("sig-proxy"));
                Duplex connection = running.attach(stdin, true, true);
                Reply exit = session.daemon()
                        .open("POST", Query.container(id, "/wait").with("condition", condition), null)) {
            try {
                Running.start(session, id);
            } catch (DaemonException e) {
                throw new CliException(
                        Running.status(e.getMessage()), e.shown() + "\nError: failed to start containers: " + name);
            }
            return running.follow(connection, stdin, exit);
        }
    }
}
