package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;

/** {@code cairn wait}. */
public final class Wait implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, new Flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        return Each.of(given.positionals(), session, name -> {
            Tree result = session.daemon().post(Query.container(name, "/wait"));
            String fault = result.at("Error", "Message").text();
            if (!fault.isEmpty()) {
                throw new CliException(fault);
            }
            return Long.toString(result.at("StatusCode").number());
        });
    }
}
