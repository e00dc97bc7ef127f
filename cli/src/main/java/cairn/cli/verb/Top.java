package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Table;
import cairn.cli.show.Tree;
import java.util.List;

/** {@code cairn top}. */
public final class Top implements Verb {
    @Override
    public Usage usage() {
        return Usage.before("CONTAINER [ps OPTIONS]", 1, new Flags()).with("""
                        Examples:
                          cairn top web                    processes with the host's process ids
                          cairn top web -o pid,ppid,cmd    any options of ps(1)
                          cairn explain web                the same beside the ids inside the container""");
    }

    @Override
    public int run(Arguments given, Session session) {
        List<String> words = given.positionals();
        Query query = Query.container(words.getFirst(), "/top")
                .given("ps_args", String.join(" ", words.subList(1, words.size())));
        Tree top = session.daemon().get(query);
        Table table = new Table(20, 3);
        table.add(String.join("\t", top.at("Titles").texts()) + "\n");
        for (Tree process : top.at("Processes").items()) {
            table.add(String.join("\t", process.texts()) + "\n");
        }
        session.out().print(table.layout());
        return 0;
    }
}
