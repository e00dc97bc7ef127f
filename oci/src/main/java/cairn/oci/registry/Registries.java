package cairn.oci.registry;

import cairn.oci.Reference;
import cairn.oci.http.Timeouts;
import java.net.URI;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** All registries, reached by one set of settings. Connections and tokens are kept between calls. Safe for several threads. */
public final class Registries implements AutoCloseable {
    private final RegistrySettings settings;
    private final Timeouts timeouts;
    private final Retry retry;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Line line;

    /** Opens and reads nothing yet. */
    public Registries(RegistrySettings settings) {
        this(settings, Timeouts.USUAL, Retry.USUAL);
    }

    Registries(RegistrySettings settings, Timeouts timeouts, Retry retry) {
        this.settings = settings;
        this.timeouts = timeouts;
        this.retry = retry;
    }

    public RegistrySettings settings() {
        return settings;
    }

    /** One repository for one caller; nothing is sent yet. Tag and digest of the name play no part. */
    public Repository repository(Reference name, Credentials credentials) {
        return new Repository(this, name.withoutTagAndDigest(), credentials);
    }

    /**
     * Proves the credentials to a registry.
     *
     * @param serverAddress as people type it: a host, {@code host:port}, a URL, or empty for Docker's own
     */
    public LoginResult login(String serverAddress, Credentials credentials) throws RegistryException {
        return new Login(line(), credentials).at(serverAddress);
    }

    /** The registry that people mean by a server's address, as names of images begin with it. */
    public static String domain(String serverAddress) {
        return Login.domain(serverAddress);
    }

    /**
     * Asks a registry's index.
     *
     * @param term with a registry's host before the first slash, or Docker's own
     * @param limit 1 to 100
     */
    public List<SearchResult> search(String term, int limit, Credentials credentials) throws RegistryException {
        return new Search(line(), credentials).ask(term, limit);
    }

    /** Fetches a file from any web server, through the same proxies and with the same certificates. */
    public RemoteFile fetch(URI address) throws RegistryException {
        return RemoteFile.open(line(), address);
    }

    /** Made here and not before, so that a daemon that never pulls has none of it. */
    Line line() {
        lock.lock();
        try {
            Line made = line;
            if (made == null) {
                made = new Line(settings, timeouts, retry);
                line = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    /** Ends kept connections. What is under way goes on. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (line != null) {
                line.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
