package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.daemon.Daemon;
import cairn.cli.daemon.JsonLines;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.cli.stream.DetachKeys;
import cairn.cli.stream.Pump;
import cairn.cli.stream.Signals;
import cairn.wire.http.Duplex;
import cairn.wire.http.Reply;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A container whose streams are connected to this terminal. The order of the calls is the protocol: attach before start, so
 * that no output is lost; wait before start, so that the exit is known even of a container that is removed at once.
 */
final class Running {
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private final Session session;
    private final Daemon daemon;
    private final String id;
    private final boolean tty;
    private final DetachKeys keys;
    private final String detachKeys;

    /** {@code detachKeys} is the text that the keys were made from; the daemon looks for them, too. */
    Running(Session session, String id, boolean tty, DetachKeys keys, String detachKeys) {
        this.session = session;
        this.daemon = session.daemon();
        this.id = id;
        this.tty = tty;
        this.keys = keys;
        this.detachKeys = detachKeys;
    }

    static void start(Session session, String id) {
        session.daemon().post(Query.container(id, "/start"));
    }

    /** A container's terminal needs one here, if its input comes from here. */
    static void checkTerminal(boolean tty, boolean stdin) {
        if (tty && stdin && !Console.typed()) {
            throw new CliException("the input device is not a TTY");
        }
    }

    /** Which status the failure to start stands for; scripts rely on the words. */
    static int status(String message) {
        if (message.contains("executable file not found")
                || message.contains("no such file or directory")
                || message.contains("system cannot find the file specified")) {
            return NOT_FOUND;
        }
        return message.contains("permission denied")
                        || message.contains("not a directory")
                        || message.contains("is a directory")
                ? NOT_EXECUTABLE
                : Creation.FAILED;
    }

    /**
     * Attaches, starts, and copies until the container ends.
     *
     * @param condition what wait waits for: next-exit or removed
     * @return the container's exit status; 0 after detaching
     */
    int startAndFollow(boolean stdin, boolean stdout, boolean stderr, String condition, boolean forward)
            throws IOException {
        try (Signals.Handling _ = forwarding(forward);
                Duplex connection = attach(stdin, stdout, stderr);
                Reply exit = daemon.open("POST", Query.container(id, "/wait").with("condition", condition), null)) {
            try {
                start(session, id);
            } catch (DaemonException e) {
                throw Creation.refused("run", status(e.getMessage()), e.shown());
            }
            return follow(connection, stdin, exit);
        }
    }

    /** Passes signals on to the container until it is closed; with a terminal, its own line discipline does that. */
    Signals.Handling forwarding(boolean wanted) {
        return wanted && !tty ? Signals.handleSoon(Signals.FORWARDED, this::signal) : () -> {};
    }

    /** Copies until the container ends; {@code exit} is an open wait. */
    int follow(Duplex connection, boolean stdin, Reply exit) throws IOException {
        if (tty && Console.shown()) {
            Sizing.of(session, Query.container(id, "/resize").toString()).follow();
        }
        Pump pump = new Pump(connection, stdin ? keys : null);
        if (pump.run(stdin ? session.in() : null, tty, session.out(), session.err())) {
            return 0;
        }
        session.out().flush();
        return status(new JsonLines(exit.body()).next());
    }

    private static int status(@Nullable Tree result) {
        if (result == null) {
            throw new CliException(Creation.FAILED, "cairn: the daemon went away before the container ended");
        }
        String fault = result.at("Error", "Message").text();
        if (!fault.isEmpty()) {
            throw new CliException(Creation.FAILED, fault);
        }
        return (int) result.at("StatusCode").number();
    }

    Duplex attach(boolean stdin, boolean stdout, boolean stderr) throws IOException {
        Query query = Query.container(id, "/attach")
                .with("stream", "1")
                .flag("stdin", stdin)
                .flag("stdout", stdout)
                .flag("stderr", stderr)
                .given("detachKeys", detachKeys);
        return daemon.hijack(query, null);
    }

    private void signal(String name) {
        try {
            daemon.post(Query.container(id, "/kill").with("signal", name));
        } catch (DaemonException | CliException e) {
            // It has just ended: there is nobody left to tell.
        }
    }
}
