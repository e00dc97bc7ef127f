package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code prune} of the groups image, container, network and volume. */
public final class Prune implements Verb {
    private final String what;

    /** {@code what} is "image", "container", "network" or "volume". */
    public Prune(String what) {
        this.what = what;
    }

    @Override
    public Usage usage() {
        Flags flags = new Flags().of(Kind.FILTER, "filter", Texts.PRUNE_FILTER).bool("f,force", "Do not ask first");
        if (what.equals("image") || what.equals("volume")) {
            flags.bool("a,all", "Remove all that no container uses, not only those without a name");
        }
        if (what.equals("network")) {
            return Usage.of("", 0, 0, flags);
        }
        String more = switch (what) {
            case "image" -> """
                Examples:
                  cairn image prune                                those without a name
                  cairn image prune -a --filter until=240h         all unused ones older than ten days""";
            case "volume" -> """
                Examples:
                  cairn volume prune                               those that got their name from the engine
                  cairn volume prune -a --filter label!=keep       all that no container has but for those with this label""";
            default -> """
                Example:
                  cairn container prune --filter until=24h         those made before yesterday that do not run""";
        };
        return Usage.of("", 0, 0, flags).with(more);
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        List<String> filters = Pruned.filters(given.texts("filter"), session);
        boolean all = (what.equals("image") || what.equals("volume")) && given.on("all");
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
        Pruned pruned = switch (what) {
            case "image" -> Pruned.images(session, all, filters);
            case "volume" -> Pruned.volumes(session, volumeFilters(all, filters));
            default -> Pruned.containers(session, filters);
        };
        Pruned.print(List.of(pruned), session);
        return 0;
    }

    private static List<String> volumeFilters(boolean all, List<String> filters) {
        List<String> wanted = new ArrayList<>(filters);
        if (all) {
            wanted.add("all=true");
        }
        return wanted;
    }

    private String warning(boolean all) {
        String these = switch (what) {
            case "image" ->
                all ? "all images without at least one container associated to them" : "all dangling images";
            case "volume" -> (all ? "all" : "anonymous") + " local volumes not used by at least one container";
            case "network" -> "all custom networks not used by at least one container";
            default -> "all stopped containers";
        };
        return "WARNING! This will remove " + these + ".\nAre you sure you want to continue?";
    }
}
