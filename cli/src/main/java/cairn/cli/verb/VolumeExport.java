package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import java.io.IOException;

/** {@code cairn volume export}. */
public final class VolumeExport implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags().text("o,output", "Write to this file instead of standard output");
        return Usage.of("VOLUME", 1, 1, flags).with("""
                        Writes all files of a volume as one tar.

                        Example:
                          cairn volume export data | gzip > data.tar.gz""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        Query query = new Query("/cairn/volumes/").then(given.positional(0)).slash("export");
        OutputFile.fetch(query, given.text("output"), "export volume", session);
        return 0;
    }
}
