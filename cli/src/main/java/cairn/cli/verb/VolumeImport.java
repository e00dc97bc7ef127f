package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.show.Tree;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.InputStream;

/** {@code cairn volume import}. */
public final class VolumeImport implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("FILE|- VOLUME", 2, 2, new Flags()).with("""
                        Unpacks a tar, plain or compressed, into a volume, which is made if there is none.

                        Example:
                          cairn volume import data.tar.gz data""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        String source = given.positional(0);
        Query query = new Query("/cairn/volumes/").then(given.positional(1)).slash("import");
        try (InputStream tar = source.equals("-") ? session.in() : Load.open(source);
                Reply reply = session.daemon().upload(query, tar)) {
            session.out()
                    .println(Tree.read(reply.body().readAllBytes()).at("Name").text());
        }
        return 0;
    }
}
