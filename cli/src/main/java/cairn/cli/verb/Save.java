package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import java.io.IOException;

/** {@code cairn save}. */
public final class Save implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("o,output", "Write to this file instead of standard output")
                .text("platform", "Save only this variant: os[/arch[/variant]]");
        return Usage.of("IMAGE [IMAGE...]", 1, Usage.MANY, flags).with("""
                        Writes a tar with the images' layers, configs and names, for 'cairn load' or 'docker load'. Layers
                        that several images share are in it once. For the files of one container, see 'cairn export'.

                        Examples:
                          cairn save -o tools.tar busybox debian:12
                          cairn save app:1 | zstd | ssh elsewhere 'zstd -d | cairn load'""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        Query query = new Query("/images/get");
        for (String name : given.positionals()) {
            query.with("names", name);
        }
        OutputFile.fetch(query.given("platform", platform(given)), given.text("output"), "save image", session);
        return 0;
    }

    private static String platform(Arguments given) {
        try {
            return PlatformFlag.json(given.text("platform"));
        } catch (CliException e) {
            throw new CliException("invalid platform: " + e.getMessage());
        }
    }
}
