package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.args.Arguments;
import cairn.cli.registry.ImageName;

/** Which tags of a repository {@code pull} and {@code push} mean: the one that is named, the default one, or all. */
final class TagChoice {
    private TagChoice() {}

    /**
     * The name that was given; without a tag only where all tags are meant.
     *
     * @param given with the flags {@code all-tags} and {@code quiet}
     */
    static ImageName of(Arguments given, Session session) {
        ImageName name = ImageName.parse(given.positional(0));
        if (!name.bare()) {
            if (given.on("all-tags")) {
                throw new CliException("tag can't be used with --all-tags/-a");
            }
            return name;
        }
        if (given.on("all-tags")) {
            return name;
        }
        ImageName tagged = name.tagged();
        if (!given.on("quiet")) {
            session.out().println("Using default tag: " + tagged.tag());
            session.out().flush();
        }
        return tagged;
    }
}
