package cairn.cli.verb;

import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn network rm}. */
public final class NetworkRemove implements Verb {
    private static final int NOT_FOUND = 404;

    @Override
    public Usage usage() {
        return Usage.of(
                "NETWORK [NETWORK...]", 1, Usage.MANY, new Flags().bool("f,force", "Do not mind if it does not exist"));
    }

    @Override
    public int run(Arguments given, Session session) {
        return Each.inTurn(given.positionals(), session, name -> {
            try {
                session.daemon().delete(new Query("/networks/").then(name));
                return name;
            } catch (DaemonException e) {
                if (given.on("force") && e.status() == NOT_FOUND) {
                    return "";
                }
                throw e;
            }
        });
    }
}
