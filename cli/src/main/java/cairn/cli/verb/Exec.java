package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.create.Body;
import cairn.cli.create.CreateRequest;
import cairn.cli.daemon.Query;
import cairn.cli.stream.Console;
import cairn.cli.stream.DetachKeys;
import cairn.cli.stream.Pump;
import cairn.wire.http.Duplex;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code cairn exec}. */
public final class Exec implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("d,detach", "Leave the command running in the background")
                .text("detach-keys", Texts.DETACH_KEYS)
                .of(Kind.LIST, "e,env", "Set an environment variable (A=b), or pass on your own (A)")
                .of(Kind.LIST, "env-file", "Set the environment variables in this file, one a line")
                .bool("i,interactive", "Connect standard input")
                .bool("privileged", "Give the command all capabilities")
                .bool("t,tty", "Give the command a terminal")
                .text("u,user", "Run as this user: NAME or UID, and optionally :GROUP or :GID")
                .text("w,workdir", "Directory to start in");
        return Usage.before("CONTAINER COMMAND [ARG...]", 2, flags).with("""
                        Examples:
                          cairn exec -it web sh                        a shell beside the container's own program
                          cairn exec -u nobody -e A=b web env
                        The exit code is the command's.""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String container = given.positional(0);
        boolean detached = given.on("detach");
        boolean stdin = given.on("interactive") && !detached;
        boolean tty = given.on("tty");
        Running.checkTerminal(tty, stdin);
        DetachKeys keys = DetachKeys.parse(given.text("detach-keys"));
        List<Integer> console = tty && Console.shown() ? Console.size() : null;
        List<String> words = given.positionals();
        Body config = new Body()
                .with("User", given.text("user"))
                .with("Privileged", given.on("privileged"))
                .with("Tty", tty)
                .with("ConsoleSize", console)
                .with("AttachStdin", stdin)
                .with("AttachStderr", !detached)
                .with("AttachStdout", !detached)
                .with("Detach", detached)
                .with("DetachKeys", given.text("detach-keys"))
                .with("Env", CreateRequest.variables(given, session.environment()))
                .with("WorkingDir", given.text("workdir"))
                .with("Cmd", words.subList(1, words.size()));
        String id = session.daemon()
                .call("POST", Query.container(container, "/exec"), config.members())
                .at("Id")
                .text();
        if (detached) {
            session.daemon()
                    .call(
                            "POST",
                            new Query("/exec/" + id + "/start"),
                            new Body().with("Detach", true).with("Tty", tty).members());
            return 0;
        }
        return attached(id, session, stdin, tty, keys, console);
    }

    private static int attached(
            String id, Session session, boolean stdin, boolean tty, DetachKeys keys, @Nullable List<Integer> console)
            throws IOException {
        Query start = new Query("/exec/" + id + "/start");
        Body request = new Body().always("Detach", false).with("Tty", tty).with("ConsoleSize", console);
        try (Duplex connection = session.daemon().hijack(start, request.members())) {
            if (tty && Console.shown()) {
                Sizing.of(session, "/exec/" + id + "/resize").follow();
            }
            Pump pump = new Pump(connection, stdin ? keys : null);
            if (pump.run(stdin ? session.in() : null, tty, session.out(), session.err())) {
                return 0;
            }
        } catch (DaemonException e) {
            int status = Running.status(e.getMessage());
            throw new CliException(status == Creation.FAILED ? 1 : status, e.shown());
        }
        return (int) session.daemon()
                .get(new Query("/exec/" + id + "/json"))
                .at("ExitCode")
                .number();
    }
}
