package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;

/** {@code cairn volume clone} and {@code cairn volume snapshot}. */
public final class VolumeCopy implements Verb {
    private final boolean snapshot;

    public VolumeCopy(boolean snapshot) {
        this.snapshot = snapshot;
    }

    @Override
    public Usage usage() {
        return snapshot
                ? Usage.of("VOLUME [NAME]", 1, 2, new Flags()).with("""
                        Makes a new volume with what is in this one at a single moment: the containers that run with it
                        stand still meanwhile. Without a name it gets the volume's and the time. Where the file system
                        can, both share their blocks until one of them is written to.""")
                : Usage.of("VOLUME NAME", 2, 2, new Flags()).with("""
                        Makes a new volume with the files and labels of this one. Where the file system can, both share
                        their blocks until one of them is written to.""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/cairn/volumes/")
                .then(given.positional(0))
                .slash(snapshot ? "snapshot" : "clone")
                .given("name", given.positionals().size() > 1 ? given.positional(1) : "");
        Tree made = session.daemon().post(query);
        session.out().println(made.at("Name").text());
        return 0;
    }
}
