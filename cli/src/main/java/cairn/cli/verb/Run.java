package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.UsageException;
import cairn.cli.create.CreateFlags;
import cairn.cli.create.CreateRequest;
import cairn.cli.stream.DetachKeys;
import java.io.IOException;

/** {@code cairn run}. */
public final class Run implements Verb {
    @Override
    public Usage usage() {
        Flags flags = CreateFlags.add(new Flags())
                .bool("d,detach", "Leave it running in the background and print its id")
                .text("detach-keys", Texts.DETACH_KEYS)
                .bool("sig-proxy", true, "Pass signals on to the container");
        return Usage.before("IMAGE [COMMAND] [ARG...]", 1, flags).with("""
                        Examples:
                          cairn run --rm -it host                      a shell in a container of this machine's own programs
                          cairn run --rm busybox echo hello            one command; its exit code is that of 'cairn run'
                          cairn run -d --name web -p 8080:80 web:1     in the background, with a published port
                          cairn run --rm -v "$PWD":/src -w /src busybox ls

                        Flags stand before the image; what follows it is the command. Exit codes: 125 the container
                        could not be made or started, 126 its command cannot be executed, 127 it was not found; any
                        other is the command's own, 128 and more a signal.""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        boolean detached = given.on("detach");
        if (detached && given.given("attach")) {
            throw new CliException("conflicting options: cannot specify both --attach and --detach");
        }
        String id;
        DetachKeys keys;
        try {
            keys = DetachKeys.parse(given.text("detach-keys"));
            Running.checkTerminal(given.on("tty"), !detached && CreateRequest.attaches(given, "stdin"));
            id = Creation.create(given, session, detached);
        } catch (DaemonException e) {
            throw Creation.refused("run", e.shown());
        } catch (UsageException | CliException e) {
            throw Creation.refused("run", String.valueOf(e.getMessage()));
        }
        if (detached) {
            return inBackground(id, session);
        }
        Running running = new Running(session, id, given.on("tty"), keys, given.text("detach-keys"));
        return running.startAndFollow(
                CreateRequest.attaches(given, "stdin") && given.on("interactive"),
                CreateRequest.attaches(given, "stdout"),
                CreateRequest.attaches(given, "stderr"),
                given.on("rm") ? "removed" : "next-exit",
                given.on("sig-proxy"));
    }

    private static int inBackground(String id, Session session) {
        try {
            Running.start(session, id);
        } catch (DaemonException e) {
            session.out().println(id);
            throw Creation.refused("run", Running.status(e.getMessage()), e.shown());
        }
        session.out().println(id);
        return 0;
    }
}
