package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code cairn system prune}. */
public final class SystemPrune implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all", "Remove all images that no container uses, not only those without a name")
                .of(Kind.FILTER, "filter", Texts.PRUNE_FILTER)
                .bool("f,force", "Do not ask first")
                .bool("volumes", "Remove volumes without a name, too");
        return Usage.of("", 0, 0, flags).with("""
                        Removes containers that do not run, then the networks and images that nobody uses any more. To see
                        beforehand how much that is: cairn system df""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        boolean all = given.on("all");
        boolean volumes = given.on("volumes");
        List<String> filters = Pruned.filters(given.texts("filter"), session);
        if (volumes && filters.stream().anyMatch(filter -> filter.startsWith("until="))) {
            throw new CliException("ERROR: The \"until\" filter is not supported with \"--volumes\"");
        }
        if (!given.on("force") && !new Prompt(session).confirmed(warning(all, volumes, filters))) {
            return 0;
        }
        // Containers first: they are what holds the rest.
        List<Pruned> parts = new ArrayList<>();
        parts.add(Pruned.containers(session, filters));
        parts.add(Pruned.networks(session, filters));
        if (volumes) {
            parts.add(Pruned.volumes(session, filters));
        }
        parts.add(Pruned.images(session, all, filters));
        parts.add(Pruned.buildCache(session, all, filters));
        Pruned.print(parts, session);
        return 0;
    }

    private static String warning(boolean all, boolean volumes, List<String> filters) {
        StringBuilder out = new StringBuilder("WARNING! This will remove:\n  - all stopped containers\n")
                .append("  - all networks not used by at least one container\n");
        if (volumes) {
            out.append("  - all anonymous volumes not used by at least one container\n");
        }
        out.append(
                all
                        ? "  - all images without at least one container associated to them\n  - all build cache\n"
                        : "  - all dangling images\n  - unused build cache\n");
        if (!filters.isEmpty()) {
            out.append("\n  Items to be pruned will be filtered with:\n");
            filters.stream()
                    .sorted()
                    .forEach(filter -> out.append("  - ").append(filter).append('\n'));
        }
        return out.append("\nAre you sure you want to continue?").toString();
    }
}
