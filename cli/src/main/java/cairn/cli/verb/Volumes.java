package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.show.Columns;
import cairn.cli.show.Listing;
import cairn.cli.show.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code cairn volume ls}. */
public final class Volumes implements Verb {
    private static final List<String> STANDARD = List.of("Driver", "Name");
    private static final List<String> LONG = List.of("Driver", "Name", "Size", "Limit", "LastUsed", "UsedBy");

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.FILTER, "f,filter", Texts.FILTER)
                .text("format", Texts.FORMAT)
                .bool("l,long", "Show sizes and their limits, last uses and the containers that have them, too")
                .bool("q,quiet", "Print names only");
        return Usage.of("", 0, 0, flags).with("""
                        Besides Docker's columns there are .Size, .Limit, .LastUsed and .UsedBy.

                        Examples:
                          cairn volume ls -l
                          cairn volume ls --filter dangling=true   those that no container has""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String format = given.text("format");
        boolean size = given.on("long") || format.indexOf(".Size") >= 0;
        boolean uses = size
                || format.indexOf(".LastUsed") >= 0
                || format.indexOf(".Limit") >= 0
                || format.indexOf(".UsedBy") >= 0;
        Columns columns = uses ? VolumeRow.WITH_USES : VolumeRow.COLUMNS;
        Map<String, Tree> known = new HashMap<>();
        if (uses) {
            for (Tree volume : session.daemon()
                    .get(new Query("/cairn/volumes").flag("size", size))
                    .items()) {
                known.put(volume.at("Name").text(), volume);
            }
        }
        Query query = new Query("/volumes").given("filters", FilterFlag.encode(given.texts("filter")));
        List<VolumeRow> rows = new ArrayList<>();
        for (Tree volume : session.daemon().get(query).at("Volumes").items()) {
            rows.add(new VolumeRow(known.getOrDefault(volume.at("Name").text(), volume), columns));
        }
        String text = given.on("quiet") && format.isEmpty()
                ? Listing.quiet(rows, "Name")
                : Listing.text(columns, rows, format, given.on("long") ? LONG : STANDARD);
        session.out().print(text);
        return 0;
    }
}
