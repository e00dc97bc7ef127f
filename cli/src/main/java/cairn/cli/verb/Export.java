package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import java.io.IOException;

/** {@code cairn export}. */
public final class Export implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags().text("o,output", "Write to this file instead of standard output");
        return Usage.of("CONTAINER", 1, 1, flags).with("""
                        Writes the files that the container sees as one tar, without its volumes and without the image's
                        history or settings. 'cairn import' makes an image of one layer from it.

                        Example:
                          cairn export web | tar -t | head""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        Query query = Query.container(given.positional(0), "/export");
        OutputFile.fetch(query, given.text("output"), "export container", session);
        return 0;
    }
}
