package cairn.cli.verb;

import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn rm}. */
public final class Remove implements Verb {
    private static final int NOT_FOUND = 404;

    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("f,force", "Kill it first if it runs; do not mind if it does not exist")
                .bool("l,link", "Remove the link of this name")
                .bool("v,volumes", "Remove its anonymous volumes, too");
        return Usage.of("CONTAINER [CONTAINER...]", 1, Usage.MANY, flags).with("""
                        Examples:
                          cairn rm -f web
                          cairn rm $(cairn ps -q --filter status=exited)""");
    }

    @Override
    public int run(Arguments given, Session session) {
        boolean force = given.on("force");
        return Each.of(given.positionals(), session, name -> {
            String plain = name.startsWith("/") ? name.substring(1) : name;
            try {
                session.daemon()
                        .delete(Query.container(plain, "")
                                .flag("v", given.on("volumes"))
                                .flag("link", given.on("link"))
                                .flag("force", force));
                return name;
            } catch (DaemonException e) {
                if (force && e.status() == NOT_FOUND) {
                    session.err().println(e.shown());
                    return "";
                }
                throw e;
            }
        });
    }
}
