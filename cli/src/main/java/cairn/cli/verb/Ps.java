package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.show.Listing;
import cairn.cli.show.Tree;
import cairn.cli.template.TemplateException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn ps}. */
public final class Ps implements Verb {
    private static final List<String> STANDARD =
            List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names");
    private static final List<String> WITH_SIZE =
            List.of("ID", "Image", "Command", "RunningFor", "Status", "Ports", "Names", "Size");

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all", "Show those that do not run, too")
                .of(Kind.FILTER, "f,filter", Texts.FILTER)
                .text("format", Texts.FORMAT)
                .of(Kind.INT, "n,last", "-1", "Show the last so many that were made, running or not")
                .bool("l,latest", "Show the last one that was made, running or not")
                .bool("no-trunc", "Do not shorten ids and commands")
                .bool("q,quiet", "Print ids only")
                .bool("s,size", "Show how much each has written, and its size as a whole");
        return Usage.of("", 0, 0, flags).with("""
                        Examples:
                          cairn ps -a                                  also those that have ended
                          cairn ps --filter status=exited -q           ids of those that have ended
                          cairn ps --format 'table {{.Names}}\\t{{.Status}}'
                          cairn ps --format json                       one JSON object a line""");
    }

    @Override
    public int run(Arguments given, Session session) {
        String format = given.text("format");
        long last = given.on("latest") ? 1 : given.number("last");
        boolean size = given.on("size") || (!given.on("quiet") && format.indexOf(".Size") >= 0);
        Query query = new Query("/containers/json")
                .flag("all", given.on("all") || last > 0)
                .given("limit", last > 0 ? Long.toString(last) : "")
                .flag("size", size)
                .given("filters", FilterFlag.encode(given.texts("filter")));
        List<ContainerRow> rows = new ArrayList<>();
        boolean full = given.on("no-trunc");
        long now = Clock.systemUTC().millis() / 1000;
        for (Tree container : session.daemon().get(query).items()) {
            rows.add(new ContainerRow(container, full, now));
        }
        session.out()
                .print(
                        given.on("quiet") && format.isEmpty()
                                ? Listing.quiet(rows, "ID")
                                : listing(rows, format, given.on("size") ? WITH_SIZE : STANDARD));
        return 0;
    }

    /** With the words for a bad template that only this verb of Docker's has. */
    private static String listing(List<ContainerRow> rows, String format, List<String> standard) {
        try {
            return Listing.text(ContainerRow.COLUMNS, rows, format, standard);
        } catch (TemplateException e) {
            throw new CliException(
                    (e.syntax() ? "failed to parse template: " : "failed to execute template: ") + e.getMessage());
        }
    }
}
