package cairn.cli.verb;

import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.daemon.Query;
import cairn.cli.registry.Credentials;
import cairn.cli.show.Tree;
import cairn.wire.Sizes;
import java.util.ArrayList;
import java.util.List;

/** What one call of a prune has removed, as text, and the bytes that this has freed. */
record Pruned(String text, long bytes) {
    private static final Pruned NOTHING = new Pruned("", 0);
    private static final int NOT_THERE = 501;

    static Pruned containers(Session session, List<String> filters) {
        Tree report = prune("/containers", session, filters);
        return of(report, "Deleted Containers:", report.at("ContainersDeleted").texts());
    }

    static Pruned networks(Session session, List<String> filters) {
        Tree report = prune("/networks", session, filters);
        return of(report, "Deleted Networks:", report.at("NetworksDeleted").texts());
    }

    static Pruned volumes(Session session, List<String> filters) {
        Tree report = prune("/volumes", session, filters);
        return of(report, "Deleted Volumes:", report.at("VolumesDeleted").texts());
    }

    static Pruned buildCache(Session session, boolean all, List<String> filters) {
        Query query = new Query("/build/prune").flag("all", all).given("filters", FilterFlag.encode(filters));
        Tree report = posted(query, session);
        return of(
                report,
                "Deleted build cache objects:",
                report.at("CachesDeleted").texts());
    }

    /** Those without a name, or all that no container uses. */
    static Pruned images(Session session, boolean all, List<String> filters) {
        List<String> wanted = new ArrayList<>(filters);
        wanted.add("dangling=" + !all);
        Tree report = prune("/images", session, wanted);
        List<String> lines = new ArrayList<>();
        for (Tree item : report.at("ImagesDeleted").items()) {
            String untagged = item.at("Untagged").text();
            lines.add(untagged.isEmpty() ? "deleted: " + item.at("Deleted").text() : "untagged: " + untagged);
        }
        return of(report, "Deleted Images:", lines);
    }

    private static Tree prune(String group, Session session, List<String> filters) {
        return posted(new Query(group + "/prune").given("filters", FilterFlag.encode(filters)), session);
    }

    private static Tree posted(Query query, Session session) {
        try {
            return session.daemon().post(query);
        } catch (DaemonException e) {
            // A daemon that does not have such things at all has none to remove.
            if (e.status() == NOT_THERE) {
                return Tree.NOTHING;
            }
            throw e;
        }
    }

    private static Pruned of(Tree report, String title, List<String> lines) {
        return lines.isEmpty()
                ? NOTHING
                : new Pruned(
                        title + "\n" + String.join("\n", lines) + "\n",
                        report.at("SpaceReclaimed").number());
    }

    /** The filters of the command line, and those that Docker's config file adds to every prune unless they contradict. */
    static List<String> filters(List<String> given, Session session) {
        List<String> all = new ArrayList<>(given);
        for (String filter : Credentials.pruneFilters(session.environment())) {
            String opposite = filter.startsWith("label!=")
                    ? "label=" + filter.substring(7)
                    : filter.startsWith("label=") ? "label!=" + filter.substring(6) : "";
            if (filter.indexOf('=') > 0 && !given.contains(opposite)) {
                all.add(filter);
            }
        }
        return all;
    }

    /** Prints what each call has removed, and the sum. */
    static void print(List<Pruned> parts, Session session) {
        long bytes = 0;
        for (Pruned part : parts) {
            bytes += part.bytes();
            if (!part.text().isEmpty()) {
                session.out().println(part.text());
            }
        }
        session.out().println("Total reclaimed space: " + Sizes.precise(bytes));
    }
}
