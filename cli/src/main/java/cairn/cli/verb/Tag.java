package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;

/** {@code cairn tag}. */
public final class Tag implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", 2, 2, new Flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        ImageName target = ImageName.of(given.positional(1));
        Query query = Query.image(given.positional(0), "/tag")
                .with("repo", target.repository())
                .given("tag", target.tag());
        session.daemon().post(query);
        return 0;
    }
}
