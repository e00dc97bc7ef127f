package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.create.Body;
import cairn.cli.daemon.Query;

/** {@code cairn network disconnect}. */
public final class NetworkDisconnect implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("NETWORK CONTAINER", 2, 2, new Flags().bool("f,force", "Also from a network that is gone"));
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/networks/").then(given.positional(0)).slash("disconnect");
        session.daemon()
                .call(
                        "POST",
                        query,
                        new Body()
                                .always("Container", given.positional(1))
                                .with("Force", given.on("force"))
                                .members());
        return 0;
    }
}
