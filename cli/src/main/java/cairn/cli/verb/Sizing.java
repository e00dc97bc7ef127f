package cairn.cli.verb;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.Session;
import cairn.cli.show.Tree;
import cairn.cli.stream.Console;
import cairn.cli.stream.Signals;
import java.util.List;

/** Keeps a container's or exec's terminal as large as this one. */
final class Sizing {
    private static final int ATTEMPTS = 10;

    private final Session session;
    private final String path;

    private Sizing(Session session, String path) {
        this.session = session;
        this.path = path;
    }

    /** {@code path} is that of the resize call. */
    static Sizing of(Session session, String path) {
        return new Sizing(session, path);
    }

    /** Sets the size now, patiently, as the process may be about to start, and again on each SIGWINCH. */
    void follow() {
        Thread first = new Thread(this::patiently, "first-size");
        first.setDaemon(true);
        first.start();
        // For as long as the program runs: the terminal is the container's until then.
        Signals.Handling _ = Signals.handle(List.of("WINCH"), _ -> resize());
    }

    private void patiently() {
        for (int attempt = 0; attempt < ATTEMPTS && !resize(); attempt++) {
            try {
                Thread.sleep(10L * (attempt + 1));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private boolean resize() {
        List<Integer> size = Console.size();
        if (size.get(0) == 0 || size.get(1) == 0) {
            return true;
        }
        try {
            Tree _ = session.daemon().call("POST", path + "?h=" + size.get(0) + "&w=" + size.get(1), null);
            return true;
        } catch (DaemonException | CliException e) {
            return false;
        }
    }
}
