package cairn.oci.registry;

import cairn.oci.Reference;
import java.util.List;

/** All registries, reached by one set of settings. Connections and tokens are kept between calls. Safe for several threads. */
@SuppressWarnings("DoNotCallSuggester") // Two methods are still to be filled in.
public final class Registries implements AutoCloseable {
    private final RegistrySettings settings;

    public Registries(RegistrySettings settings) {
        this.settings = settings;
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
        throw new UnsupportedOperationException();
    }

    /**
     * Asks a registry's index.
     *
     * @param term with a registry's host before the first slash, or Docker's own
     * @param limit 1 to 100
     */
    public List<SearchResult> search(String term, int limit, Credentials credentials) throws RegistryException {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
