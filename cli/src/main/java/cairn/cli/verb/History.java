package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Ages;
import cairn.cli.show.Columns;
import cairn.cli.show.Listing;
import cairn.cli.show.Row;
import cairn.cli.show.Shorten;
import cairn.cli.show.Times;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn history}. */
public final class History implements Verb {
    private static final Columns COLUMNS = new Columns(
            "*formatter.historyContext",
            "Comment",
            "COMMENT",
            "CreatedAt",
            "CREATED AT",
            "CreatedBy",
            "CREATED BY",
            "CreatedSince",
            "CREATED",
            "ID",
            "IMAGE",
            "Size",
            "SIZE");

    private static final class Entry extends Row {
        private final Tree entry;
        private final boolean full;
        private final boolean human;
        private final long now;

        Entry(Tree entry, boolean full, boolean human, long now) {
            super(COLUMNS);
            this.entry = entry;
            this.full = full;
            this.human = human;
            this.now = now;
        }

        @Override
        protected String cell(String column) {
            return switch (column) {
                case "Comment" -> entry.at("Comment").text();
                case "CreatedAt" -> Times.rfc3339(entry.at("Created").number());
                case "CreatedBy" -> {
                    String text = entry.at("CreatedBy").text().replace('\t', ' ');
                    yield full ? text : Shorten.ellipsis(text, 45);
                }
                case "CreatedSince" -> Ages.ago(entry.at("Created").number(), now);
                case "ID" ->
                    full ? entry.at("Id").text() : Shorten.id(entry.at("Id").text());
                case "Size" -> {
                    long size = entry.at("Size").number();
                    yield human ? Sizes.decimal(size) : Long.toString(size);
                }
                default -> "";
            };
        }
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("format", Texts.FORMAT)
                .bool("H,human", true, "Show sizes and times as people say them")
                .bool("no-trunc", "Do not shorten ids and instructions")
                .text("platform", "Show the history of this variant: os[/arch[/variant]]")
                .bool("q,quiet", "Print ids only");
        return Usage.of("IMAGE", 1, 1, flags).with("To see what each of these steps put on disk: cairn explain IMAGE");
    }

    @Override
    public int run(Arguments given, Session session) {
        boolean human = given.on("human");
        long now = Clock.systemUTC().millis() / 1000;
        List<Entry> rows = new ArrayList<>();
        Query query = Query.image(given.positional(0), "/history")
                .given("platform", PlatformFlag.json(given.text("platform")));
        for (Tree entry : session.daemon().get(query).items()) {
            rows.add(new Entry(entry, given.on("no-trunc"), human, now));
        }
        String format = given.text("format");
        List<String> standard = List.of("ID", human ? "CreatedSince" : "CreatedAt", "CreatedBy", "Size", "Comment");
        session.out()
                .print(
                        given.on("quiet") && format.isEmpty()
                                ? Listing.quiet(rows, "ID")
                                : Listing.text(COLUMNS, rows, format, standard));
        return 0;
    }
}
