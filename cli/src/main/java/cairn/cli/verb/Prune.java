package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.io.IOException;
import java.util.List;

/** {@code cairn image prune} and {@code cairn container prune}. */
public final class Prune implements Verb {
    private final boolean images;

    /** {@code what} is "image" or "container". */
    public Prune(String what) {
        images = what.equals("image");
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags().of(Kind.FILTER, "filter", Texts.PRUNE_FILTER).bool("f,force", "Do not ask first");
        if (images) {
            flags.bool("a,all", "Remove all that no container uses, not only those without a name");
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
        Pruned.print(
                List.of(images ? Pruned.images(session, all, filters) : Pruned.containers(session, filters)), session);
        return 0;
    }

    private String warning(boolean all) {
        String what = !images
                ? "all stopped containers"
                : all ? "all images without at least one container associated to them" : "all dangling images";
        return "WARNING! This will remove " + what + ".\nAre you sure you want to continue?";
    }
}
