package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.Registry;
import cairn.cli.show.Columns;
import cairn.cli.show.Listing;
import cairn.cli.show.Row;
import cairn.cli.show.Shorten;
import cairn.cli.show.Tree;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn search}. */
public final class Search implements Verb {
    private static final int DESCRIPTION = 45;

    static final Columns COLUMNS = new Columns(
            "*registry.searchContext",
            "Description",
            "DESCRIPTION",
            "IsOfficial",
            "OFFICIAL",
            "Name",
            "NAME",
            "StarCount",
            "STARS");

    static final List<String> STANDARD = List.of("Name", "Description", "StarCount", "IsOfficial");

    /** One repository that was found. */
    static final class Found extends Row {
        private final Tree found;
        private final boolean full;
        private final boolean json;

        Found(Tree found, boolean full, boolean json) {
            super(COLUMNS);
            this.found = found;
            this.full = full;
            this.json = json;
        }

        @Override
        protected String cell(String column) {
            return switch (column) {
                case "Name" -> found.at("name").text();
                case "Description" -> {
                    String text =
                            found.at("description").text().replace('\n', ' ').replace('\r', ' ');
                    yield full ? text : Shorten.ellipsis(text, DESCRIPTION);
                }
                case "StarCount" -> Long.toString(found.at("star_count").number());
                case "IsOfficial" -> {
                    boolean official = found.at("is_official").on();
                    yield json ? String.valueOf(official) : official ? "[OK]" : "";
                }
                default -> "";
            };
        }
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.FILTER, "f,filter", "Show only what fits: is-official=true, stars=100; may be repeated")
                .text("format", Texts.FORMAT)
                .of(Kind.INT, "limit", "Show so many at most")
                .bool("no-trunc", "Do not shorten descriptions");
        return Usage.of("TERM", 1, 1, flags).with("""
                        Asks Docker Hub, or the registry that the term begins with.

                        Examples:
                          cairn search --filter is-official=true postgres
                          cairn search --limit 5 quay.io/etcd""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String term = given.positional(0);
        List<String> filters = given.texts("filter");
        if (filters.stream().anyMatch(filter -> filter.startsWith("is-automated"))) {
            session.err()
                    .println("WARNING: the \"is-automated\" filter is deprecated, and searching for"
                            + " \"is-automated=true\" will not yield any results in future.");
        }
        Query query = new Query("/images/search")
                .with("term", term)
                .given("limit", given.number("limit") > 0 ? given.text("limit") : "")
                .given("filters", FilterFlag.encode(filters));
        String format = given.text("format");
        List<Found> rows = new ArrayList<>();
        try (Reply reply = session.daemon()
                .open(
                        "GET",
                        query,
                        Credentials.known(Registry.searched(term), session.environment(), session.err())
                                .header(),
                        null)) {
            for (Tree found : Tree.read(reply.bytes()).items()) {
                rows.add(new Found(found, given.on("no-trunc"), format.equals("json")));
            }
        }
        session.out().print(Listing.text(COLUMNS, rows, format, STANDARD));
        return 0;
    }
}
