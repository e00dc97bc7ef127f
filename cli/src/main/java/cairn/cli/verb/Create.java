package cairn.cli.verb;

import cairn.cli.Session;
import cairn.cli.Usage;
import cairn.cli.Verb;
import cairn.cli.args.Arguments;
import cairn.cli.args.Flags;
import cairn.cli.args.UsageException;
import cairn.cli.create.CreateFlags;
import java.io.IOException;

/** {@code cairn create}. */
public final class Create implements Verb {
    @Override
    public Usage usage() {
        return Usage.before("IMAGE [COMMAND] [ARG...]", 1, CreateFlags.add(new Flags()))
                .with("""
                        Takes the flags of 'cairn run'; the container waits for 'cairn start'.

                        Example:
                          cairn create --name web -p 8080:80 web:1 && cairn start web""");
    }

    @Override
    public int run(Arguments given, Session session) throws IOException {
        try {
            session.out().println(Creation.create(given, session, false));
            return 0;
        } catch (UsageException e) {
            throw Creation.refused("create", e.getMessage());
        }
    }
}
