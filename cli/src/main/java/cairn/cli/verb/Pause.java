package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn pause} and {@code cairn unpause}. */
public final class Pause implements Verb {
    private final String verb;

    /** @param verb pause or unpause */
    public Pause(String verb) {
        this.verb = verb;
    }

    @Override
    public Usage usage() {
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, new Flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        return Each.of(given.positionals(), session, name -> {
            session.daemon().post(Query.container(name, "/" + verb));
            return name;
        });
    }
}
