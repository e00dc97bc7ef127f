package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import java.util.List;

/** {@code cairn diff}. */
public final class Diff implements Verb {
    /** By the numbers of the API. */
    private static final List<String> KINDS = List.of("C", "A", "D");

    @Override
    public Usage usage() {
        return Usage.of("CONTAINER", 1, 1, new Flags()).with("""
                        Lists what the container has added (A), changed (C) or deleted (D). A directory counts as changed
                        when something in it is. To see where one file comes from: cairn explain CONTAINER PATH""");
    }

    @Override
    public int run(Arguments given, Session session) {
        for (Tree change : session.daemon()
                .get(Query.container(given.positional(0), "/changes"))
                .items()) {
            int kind = (int) change.at("Kind").number();
            session.out()
                    .println((kind < KINDS.size() ? KINDS.get(kind) : "?") + " "
                            + change.at("Path").text());
        }
        return 0;
    }
}
