package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn rename}. */
public final class Rename implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("CONTAINER NEW_NAME", 2, 2, new Flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        String name = given.positional(0);
        try {
            session.daemon().post(Query.container(name, "/rename").with("name", given.positional(1)));
        } catch (DaemonException e) {
            throw new CliException(e.shown() + "\nError: failed to rename container named " + name);
        }
        return 0;
    }
}
