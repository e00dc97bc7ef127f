package cairn.engine.container;

import java.util.Locale;

/** Where the time of one start or end went: a line for the debug log, from which {@code bench/phases} makes its table. */
final class Phases {
    private static final System.Logger LOG = System.getLogger(Phases.class.getName());
    private static final boolean WANTED = LOG.isLoggable(System.Logger.Level.DEBUG);

    private final StringBuilder line;
    private long last = System.nanoTime();

    Phases(String what) {
        line = new StringBuilder("phases ").append(what);
    }

    void done(String phase) {
        if (WANTED) {
            long now = System.nanoTime();
            line.append(String.format(Locale.ROOT, " %s=%.3f", phase, (now - last) / 1e6));
            last = System.nanoTime();
        }
    }

    void log() {
        if (WANTED) {
            LOG.log(System.Logger.Level.DEBUG, line.toString());
        }
    }
}
