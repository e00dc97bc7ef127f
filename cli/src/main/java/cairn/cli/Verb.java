package cairn.cli;

import cairn.cli.args.Arguments;
import java.io.IOException;

/** One command of the command line. Made anew for each call. */
public interface Verb {
    Usage usage();

    /**
     * Carries the command out.
     *
     * @return the exit status
     * @throws CliException with another status, or a finished message
     * @throws DaemonException when the daemon refuses
     */
    int run(Arguments given, Session session) throws IOException;
}
