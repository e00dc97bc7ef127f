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
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code cairn images}. */
public final class Images implements Verb {
    private static final List<String> STANDARD = List.of("Repository", "Tag", "ID", "CreatedSince", "Size");
    private static final List<String> WITH_DIGEST =
            List.of("Repository", "Tag", "Digest", "ID", "CreatedSince", "Size");

    private static final List<String> VERBS = List.of(
            "build", "history", "import", "inspect", "list", "load", "ls", "prune", "pull", "push", "rm", "save",
            "tag");

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all", "Show those between the steps of a build, too")
                .bool("digests", "Show the digests under which images were pulled")
                .of(Kind.FILTER, "f,filter", Texts.FILTER)
                .text("format", Texts.FORMAT)
                .bool("no-trunc", "Do not shorten ids")
                .bool("q,quiet", "Print ids only");
        return Usage.of("[REPOSITORY[:TAG]]", 0, 1, flags).with("""
                        Examples:
                          cairn images busybox                  all tags of busybox
                          cairn images --filter dangling=true   those without a name
                          cairn images --format '{{.Repository}}:{{.Tag}} {{.Size}}'""");
    }

    @Override
    public int run(Arguments given, Session session) {
        List<String> filters = new ArrayList<>(given.texts("filter"));
        if (!given.positionals().isEmpty()) {
            filters.add("reference=" + given.positional(0));
        }
        Query query =
                new Query("/images/json").flag("all", given.on("all")).given("filters", FilterFlag.encode(filters));
        String format = given.text("format");
        boolean digests = given.on("digests") || format.indexOf(".Digest") >= 0;
        long now = Clock.systemUTC().millis() / 1000;
        List<ImageRow> rows = new ArrayList<>();
        Map<String, String> lastUsed = format.indexOf(".LastUsed") >= 0 ? ImageTrees.lastUsed(session) : Map.of();
        for (Tree image : session.daemon().get(query).items()) {
            ImageRow.add(rows, image, lastUsed, digests, given.on("no-trunc"), now);
        }
        String text = given.on("quiet") && format.isEmpty()
                ? Listing.quiet(rows, "ID")
                : Listing.text(ImageRow.COLUMNS, rows, format, given.on("digests") ? WITH_DIGEST : STANDARD);
        session.out().print(text);
        if (rows.isEmpty() && !given.positionals().isEmpty()) {
            hint(given.positional(0), session);
        }
        return 0;
    }

    /** {@code cairn images ls} looks for images of that name, which hardly anybody wants. */
    private static void hint(String name, Session session) {
        if (VERBS.contains(name)) {
            session.out().flush();
            session.err()
                    .println("\nNo images found matching \"" + name + "\": did you mean \"cairn image " + name + "\"?");
        }
    }
}
