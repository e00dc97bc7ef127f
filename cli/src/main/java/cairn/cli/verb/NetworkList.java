package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.show.Listing;
import cairn.cli.show.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** {@code cairn network ls}. */
public final class NetworkList implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.FILTER, "f,filter", Texts.FILTER)
                .text("format", Texts.FORMAT)
                .bool("no-trunc", "Do not shorten ids")
                .bool("q,quiet", "Print ids only");
        return Usage.of("", 0, 0, flags).with("""
                        Examples:
                          cairn network ls --filter type=custom
                          cairn network ls --filter dangling=true -q      those that no container is on""");
    }

    @Override
    public int run(Arguments given, Session session) {
        List<Tree> networks = new ArrayList<>();
        Query query = new Query("/networks").given("filters", FilterFlag.encode(given.texts("filter")));
        for (Tree network : session.daemon().get(query).items()) {
            networks.add(network);
        }
        networks.sort(Comparator.comparing(network -> network.at("Name").text()));
        List<NetworkRow> rows = new ArrayList<>();
        for (Tree network : networks) {
            rows.add(new NetworkRow(network, given.on("no-trunc")));
        }
        String format = given.text("format");
        session.out()
                .print(
                        given.on("quiet") && format.isEmpty()
                                ? Listing.quiet(rows, "ID")
                                : Listing.text(
                                        NetworkRow.COLUMNS, rows, format, List.of("ID", "Name", "Driver", "Scope")));
        return 0;
    }
}
