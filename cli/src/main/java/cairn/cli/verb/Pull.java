package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.progress.Progress;
import cairn.cli.registry.Account;
import cairn.cli.registry.Credentials;
import cairn.cli.registry.ImageName;
import cairn.cli.registry.Registry;
import cairn.wire.http.Reply;
import java.io.IOException;

/** {@code cairn pull}. */
public final class Pull implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,all-tags", "Pull every tag of the repository")
                .text("platform", "Pull this variant: os[/arch[/variant]]")
                .bool("q,quiet", "Print only the name of what was pulled")
                .bool("disable-content-trust", true, "");
        return Usage.of("NAME[:TAG|@DIGEST]", 1, 1, flags).with("""
                        Without a tag, 'latest' is pulled; without a registry in front of the name, it comes from Docker Hub.
                        A pull that was broken off goes on where it was when it is started again.

                        Examples:
                          cairn pull debian:12
                          cairn pull registry.example:5000/team/app@sha256:...   exactly this image
                          cairn pull --platform linux/arm64 alpine""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        boolean quiet = given.on("quiet");
        ImageName name = TagChoice.of(given, session);
        Account account = Credentials.known(Registry.key(name.domain()), session.environment(), session.err());
        try (Reply stream = begin(name, account, PlatformFlag.wanted(given, session), session)) {
            if (quiet) {
                Progress.await(stream);
            } else {
                Progress.show(stream, session);
            }
        }
        session.out().println(name.full());
        return 0;
    }

    /** The stream of a pull that has begun; all tags when the name has none. */
    static Reply begin(ImageName name, Account account, String platform, Session session) {
        Query query = new Query("/images/create")
                .with("fromImage", name.repository())
                .given("tag", name.version())
                .given("platform", platform);
        return session.daemon().open("POST", query, account.header(), null);
    }
}
