package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.io.IOException;
import java.util.List;

/** {@code cairn image prune}, {@code cairn container prune} and {@code cairn network prune}. */
public final class Prune implements Verb {
    private final String what;
    private final boolean images;

    /** {@code what} is "image", "container" or "network". */
    public Prune(String what) {
        this.what = what;
        images = what.equals("image");
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags().of(Kind.FILTER, "filter", Texts.PRUNE_FILTER).bool("f,force", "Do not ask first");
        if (images) {
            flags.bool("a,all", "Remove all that no container uses, not only those without a name");
        }
        if (what.equals("network")) {
            return Usage.of("", 0, 0, flags);
        }
        String more = images ? """
                Examples:
                  cairn image prune                                those without a name
                  cairn image prune -a --filter until=240h         all unused ones older than ten days""" : """
                Example:
                  cairn container prune --filter until=24h         those made before yesterday that do not run""";
        return Usage.of("", 0, 0, flags).with(more);
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        List<String> filters = Pruned.filters(given.texts("filter"), session);
        boolean all = images && given.on("all");
        if (!given.on("force") && !new Prompt(session).confirmed(warning(all))) {
            return 0;
        }
        if (what.equals("network")) {
            String removed = Pruned.networks(session, filters).text();
            if (!removed.isEmpty()) {
                session.out().println(removed);
            }
            return 0;
        }
        Pruned.print(
                List.of(images ? Pruned.images(session, all, filters) : Pruned.containers(session, filters)), session);
        return 0;
    }

    private String warning(boolean all) {
        String which = !images
                ? what.equals("network")
                        ? "all custom networks not used by at least one container"
                        : "all stopped containers"
                : all ? "all images without at least one container associated to them" : "all dangling images";
        return "WARNING! This will remove " + which + ".\nAre you sure you want to continue?";
    }
}
