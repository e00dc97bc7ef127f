package cairn.cli;

import cairn.cli.daemon.Daemon;
import cairn.cli.daemon.Endpoint;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a verb works with: the daemon (reached on first use), the three streams and the environment. */
public final class Session {
    private final Endpoint endpoint;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private @Nullable Daemon daemon;

    Session(Endpoint endpoint, InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.endpoint = endpoint;
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /** The daemon; started first if none runs and the endpoint is the default one. */
    public Daemon daemon() {
        Daemon known = daemon;
        if (known == null) {
            known = new Daemon(endpoint, err);
            daemon = known;
        }
        return known;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public InputStream in() {
        return in;
    }

    /** Buffered; flushed when the verb returns, so flush what somebody waits for. */
    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    public Map<String, String> environment() {
        return environment;
    }
}
