package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.copy.Copying;
import java.io.IOException;

/** {@code cairn cp}. */
public final class Copy implements Verb {
    @Override
    public Usage usage() {
        Flags flags = new Flags()
                .bool("a,archive", "Let what goes into a container belong to the user that it runs as")
                .bool("L,follow-link", "Copy what a link leads to, and not the link")
                .bool("q,quiet", "Do not say what was copied");
        return Usage.of("CONTAINER:PATH TARGET|-", 2, 2, flags).with("""
                        Either of the two is in a container: CONTAINER:PATH. A dash is a tar on standard input or output. Copies go
                        through what is mounted into the container, whether it runs or not.

                        Examples:
                          cairn cp web:/var/log/nginx .
                          cairn cp conf/. web:/etc/nginx
                          cairn cp web:/etc - | tar -t""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        Copying copying = new Copying(session, given.on("follow-link"), given.on("archive"), given.on("quiet"));
        String source = given.positional(0);
        String target = given.positional(1);
        String[] from = split(source);
        String[] to = split(target);
        if (from[0].isEmpty() && to[0].isEmpty()) {
            throw new CliException("must specify at least one container source");
        }
        if (!from[0].isEmpty() && !to[0].isEmpty()) {
            throw new CliException("copying between containers is not supported");
        }
        if (from[0].isEmpty()) {
            copying.in(source, to[0], to[1]);
        } else {
            copying.out(from[0], from[1], target);
        }
        return 0;
    }

    /** Container and path; no container for a path of this machine, which begins with a slash or a dot, or has no colon. */
    private static String[] split(String word) {
        int colon = word.indexOf(':');
        return colon < 0 || word.startsWith("/") || word.startsWith(".")
                ? new String[] {"", word}
                : new String[] {word.substring(0, colon), word.substring(colon + 1)};
    }
}
