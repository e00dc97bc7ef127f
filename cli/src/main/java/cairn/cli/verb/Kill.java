package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn kill}. */
public final class Kill implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags().text("s,signal", "Signal to send, by name or number (default KILL)");
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, flags);
    }

    @Override
    public int run(Arguments given, Session session) {
        return Each.of(given.positionals(), session, name -> {
            session.daemon().post(Query.container(name, "/kill").given("signal", given.text("signal")));
            return name;
        });
    }
}
