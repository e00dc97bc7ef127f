package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.Kind;
import cairn.cli.daemon.Query;
import cairn.cli.registry.ImageName;

/** {@code cairn commit}. */
public final class Commit implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .text("a,author", "Who has made it, such as 'Ada <ada@example.org>'")
                .of(Kind.LIST, "c,change", "Set something in the image's config, such as 'CMD [\"/bin/sh\"]'")
                .text("m,message", "Comment in the image's history")
                .bool("p,pause", true, "Hold the container's processes meanwhile");
        return Usage.before("CONTAINER [REPOSITORY[:TAG]]", 1, flags).upTo(2).with("""
                        What the container has changed becomes one further layer on those of its image. 'cairn diff' shows
                        what that is.

                        Example:
                          cairn commit -m 'with curl' -c 'ENTRYPOINT ["curl"]' box tools:curl""");
    }

    @Override
    public int run(Arguments given, Session session) {
        Query query = new Query("/commit").with("container", given.positional(0));
        if (given.positionals().size() > 1) {
            ImageName name = ImageName.parse(given.positional(1)).tagged();
            if (!name.digest().isEmpty()) {
                throw new CliException("refusing to create a tag with a digest reference");
            }
            query.with("repo", name.repository()).with("tag", name.tag());
        }
        query.given("comment", given.text("message")).given("author", given.text("author"));
        for (String change : given.texts("change")) {
            query.with("changes", change);
        }
        query.given("pause", given.on("pause") ? "" : "0");
        session.out().println(session.daemon().post(query).at("Id").text());
        return 0;
    }
}
