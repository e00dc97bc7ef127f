package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.progress.Progress;
import cairn.cli.registry.ImageName;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.InputStream;

/** {@code cairn import}. */
public final class Import implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .of(Kind.LIST, "c,change", "Set something in the image's config, such as 'CMD [\"/bin/sh\"]'")
                .text("m,message", "Comment in the image's history")
                .text("platform", "Platform of the image: os[/arch[/variant]]");
        return Usage.of("file|URL|- [REPOSITORY[:TAG]]", 1, Usage.MANY, flags).with("""
                        Examples:
                          cairn import -c 'CMD ["/bin/sh"]' rootfs.tar tiny:1
                          tar -C rootfs -c . | cairn import - tiny""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        if (given.positionals().size() > 2) {
            throw new CliException("cairn: 'cairn import' takes one file and one name: " + given.positional(2));
        }
        String source = given.positional(0);
        boolean remote = source.startsWith("http://") || source.startsWith("https://");
        if (given.positionals().size() > 1) {
            // Only looked at: the daemon is told the name as it was written.
            ImageName _ = ImageName.parse(given.positional(1));
        }
        Query query = new Query("/images/create")
                .with("fromSrc", remote ? source : "-")
                .given("repo", given.positionals().size() > 1 ? given.positional(1) : "")
                .given("message", given.text("message"))
                .given("platform", PlatformFlag.wanted(given, session));
        for (String change : given.texts("change")) {
            query.with("changes", change);
        }
        if (remote) {
            try (Reply stream = session.daemon().open("POST", query, null)) {
                Progress.show(stream, session);
            }
            return 0;
        }
        try (InputStream tar = source.equals("-") ? session.in() : Load.open(source);
                Reply stream = session.daemon().upload(query, tar)) {
            Progress.show(stream, session);
        }
        return 0;
    }
}
