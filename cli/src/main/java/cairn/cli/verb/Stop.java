package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;

/** {@code cairn stop} and {@code cairn restart}. */
public final class Stop implements Verb {
    private final String call;

    /** {@code stop} or {@code restart}. */
    public Stop(String call) {
        this.call = call;
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("s,signal", "Signal that asks it to end (default: the container's own, else TERM)")
                .of(Kind.INT, "t,timeout", "Seconds to wait before SIGKILL; -1 for ever (default 10)")
                .also("time", "timeout");
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, flags);
    }

    @Override
    public int run(Arguments given, Session session) {
        String signal = given.text("signal");
        String timeout = given.text("timeout");
        return Each.of(given.positionals(), session, name -> {
            session.daemon()
                    .post(Query.container(name, "/" + call)
                            .given("signal", signal)
                            .given("t", timeout));
            return name;
        });
    }
}
