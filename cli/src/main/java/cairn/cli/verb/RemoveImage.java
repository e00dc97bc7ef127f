package cairn.cli.verb;

import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;

/** {@code cairn rmi}. */
public final class RemoveImage implements Verb {
    private static final int NOT_FOUND = 404;

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("f,force", "Remove it although stopped containers use it; do not mind if it does not exist")
                .bool("no-prune", "Keep the nameless images that it was built on")
                .of(Kind.STRINGS, "platform", "Remove only this variant: os[/arch[/variant]]");
        return Usage.of("IMAGE [IMAGE...]", 1, Usage.MANY, flags);
    }

    @Override
    public int run(Arguments given, Session session) {
        boolean force = given.on("force");
        return Each.inTurn(given.positionals(), session, name -> {
            Query query = Query.image(name, "").flag("force", force).flag("noprune", given.on("no-prune"));
            for (String platform : given.texts("platform")) {
                query.with("platforms", PlatformFlag.json(platform));
            }
            try {
                return report(session.daemon().delete(query));
            } catch (DaemonException e) {
                if (force && e.status() == NOT_FOUND) {
                    session.err().println(e.shown());
                    return "";
                }
                throw e;
            }
        });
    }

    private static String report(Tree items) {
        StringBuilder out = new StringBuilder();
        for (Tree item : items.items()) {
            String deleted = item.at("Deleted").text();
            out.append(out.isEmpty() ? "" : "\n")
                    .append(
                            deleted.isEmpty()
                                    ? "Untagged: " + item.at("Untagged").text()
                                    : "Deleted: " + deleted);
        }
        return out.toString();
    }
}
