package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.daemon.Query;
import cairn.cli.registry.ImageName;

/** {@code cairn tag}. */
public final class Tag implements Verb {
    @Override
    public Usage usage() {
        return Usage.of("SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", 2, 2, new Flags());
    }

    @Override
    public int run(Arguments given, Session session) {
        ImageName target = target(given.positional(1)).tagged();
        Query query = Query.image(given.positional(0), "/tag")
                .with("repo", target.repository())
                .with("tag", target.tag());
        session.daemon().post(query);
        return 0;
    }

    private static ImageName target(String text) {
        ImageName target;
        try {
            target = ImageName.parse(text);
        } catch (CliException e) {
            throw new CliException(
                    "Error parsing reference: \"" + text + "\" is not a valid repository/tag: " + e.getMessage());
        }
        if (!target.digest().isEmpty()) {
            throw new CliException("refusing to create a tag with a digest reference");
        }
        return target;
    }
}
