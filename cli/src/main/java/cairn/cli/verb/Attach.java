package cairn.cli.verb;

import cairn.cli.CliException;
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

/** {@code cairn attach}. */
public final class Attach implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("detach-keys", Texts.DETACH_KEYS)
                .bool("no-stdin", "Do not connect standard input")
                .bool("sig-proxy", true, "Pass signals on to the container");
        return Usage.of("CONTAINER", 1, 1, flags)
                .with(
                        "Type ctrl-p ctrl-q to leave a container with a terminal running. For a new shell beside it: cairn exec -it CONTAINER sh");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        Tree container = session.daemon().get(Query.container(given.positional(0), "/json"));
        check(container.at("State"));
        String id = container.at("Id").text();
        boolean tty = container.at("Config", "Tty").on();
        boolean stdin =
                !given.on("no-stdin") && container.at("Config", "OpenStdin").on();
        Running.checkTerminal(tty, stdin);
        String keys = given.text("detach-keys");
        Running running = new Running(session, id, tty, DetachKeys.parse(keys), keys);
        try (Signals.Handling _ = running.forwarding(given.on("sig-proxy"));
                Reply exit = session.daemon().open("POST", Query.container(id, "/wait"), null);
                Duplex connection = running.attach(stdin, true, true)) {
            return running.follow(connection, stdin, exit);
        }
    }

    private static void check(Tree state) {
        if (!state.at("Running").on()) {
            throw new CliException("You cannot attach to a stopped container, start it first");
        }
        if (state.at("Paused").on()) {
            throw new CliException("You cannot attach to a paused container, unpause it first");
        }
        if (state.at("Restarting").on()) {
            throw new CliException("You cannot attach to a restarting container, wait until it is running");
        }
    }
}
