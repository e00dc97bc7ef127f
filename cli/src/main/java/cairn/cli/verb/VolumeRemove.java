package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;

/** {@code cairn volume rm}. */
public final class VolumeRemove implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags().bool("f,force", "Do not mind if it does not exist");
        return Usage.of("VOLUME [VOLUME...]", 1, Usage.MANY, flags).with("""
                        A volume that a container has cannot be removed.""");
    }

    @Override
    public int run(Arguments given, Session session) {
        return Each.inTurn(given.positionals(), session, name -> {
            Tree _ = session.daemon().delete(new Query("/volumes/").then(name).flag("force", given.on("force")));
            return name;
        });
    }
}
