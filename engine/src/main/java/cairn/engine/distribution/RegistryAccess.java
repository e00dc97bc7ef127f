package cairn.engine.distribution;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.error.Problem.RegistryFault;
import cairn.oci.Descriptor;
import cairn.oci.Index;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.registry.Credentials;
import cairn.oci.registry.LoginResult;
import cairn.oci.registry.RawManifest;
import cairn.oci.registry.Registries;
import cairn.oci.registry.RegistryException;
import cairn.oci.registry.RemoteFile;
import cairn.oci.registry.Repository;
import cairn.oci.registry.SearchResult;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one registry client of the engine, made when it is first asked for: a daemon that never pulls never pays for it. */
public final class RegistryAccess implements AutoCloseable {
    private final DistributionSettings settings;
    private @Nullable Registries registries;

    public RegistryAccess(DistributionSettings settings) {
        this.settings = settings;
    }

    private synchronized Registries registries() {
        if (registries == null) {
            registries = new Registries(settings.registries());
        }
        return registries;
    }

    Repository repository(Reference name, Credentials credentials) {
        return registries().repository(name, credentials);
    }

    /** @throws EngineException Registry */
    public LoginResult login(String serverAddress, Credentials credentials) {
        try {
            return registries().login(serverAddress, credentials);
        } catch (RegistryException e) {
            throw fault(e);
        }
    }

    /** @throws EngineException Registry */
    public List<SearchResult> search(String term, int limit, Credentials credentials) {
        try {
            return registries().search(term, limit, credentials);
        } catch (RegistryException e) {
            throw fault(e);
        }
    }

    /** A file of any web server. @throws EngineException Registry */
    public RemoteFile fetch(URI address) {
        try {
            return registries().fetch(address);
        } catch (RegistryException e) {
            throw fault(e);
        }
    }

    /**
     * What a registry has under a name.
     *
     * @param platforms of an index's entries, or of the one image
     */
    public record Look(Descriptor descriptor, List<Platform> platforms) {
        public Look {
            platforms = List.copyOf(platforms);
        }
    }

    /**
     * Looks at one reference without pulling it.
     *
     * @throws EngineException Registry
     */
    public Look look(Reference name, Credentials credentials) {
        Reference reference = name.withDefaultTag();
        Repository repository = repository(reference, credentials);
        try {
            RawManifest raw = repository.manifest(
                    reference.digest() != null ? reference.digest().toString() : String.valueOf(reference.tag()));
            Descriptor descriptor = new Descriptor(
                    raw.descriptor().mediaType(), raw.descriptor().digest(), raw.bytes().length);
            return new Look(descriptor, platforms(repository, raw));
        } catch (RegistryException e) {
            throw fault(e);
        } catch (IOException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private static List<Platform> platforms(Repository repository, RawManifest raw) throws IOException {
        if (MediaTypes.isIndex(raw.descriptor().mediaType())) {
            return Index.parse(raw.bytes()).manifests().stream()
                    .map(Descriptor::platform)
                    .filter(Objects::nonNull)
                    .toList();
        }
        Manifest manifest = Manifest.parse(raw.bytes());
        return MediaTypes.isConfig(manifest.config().mediaType())
                ? List.of(RemoteImages.config(repository, manifest).platform())
                : List.of();
    }

    static EngineException fault(RegistryException e) {
        RegistryFault fault = switch (e.kind()) {
            case NOT_FOUND -> RegistryFault.NOT_FOUND;
            case UNAUTHORIZED -> RegistryFault.UNAUTHORIZED;
            case DENIED -> RegistryFault.DENIED;
            case RATE_LIMITED -> RegistryFault.RATE_LIMITED;
            case UNAVAILABLE -> RegistryFault.UNAVAILABLE;
            case INVALID -> RegistryFault.INVALID;
        };
        return new Problem.Registry(fault, String.valueOf(e.getMessage())).exception(e);
    }

    /**
     * The same for a pull or push. Docker's clients take 401 and 403 here for an invitation to ask for a password, so a daemon never sends
     * them: who may not read does not learn whether there is something.
     */
    static EngineException transferFault(RegistryException e) {
        return switch (e.kind()) {
            case DENIED -> new Problem.Registry(RegistryFault.NOT_FOUND, String.valueOf(e.getMessage())).exception(e);
            case UNAUTHORIZED ->
                new Problem.Registry(RegistryFault.UNAVAILABLE, String.valueOf(e.getMessage())).exception(e);
            default -> fault(e);
        };
    }

    static EngineException invalid(String text) {
        return new Problem.Registry(RegistryFault.INVALID, text).exception();
    }

    static EngineException missing(String text) {
        return new Problem.Registry(RegistryFault.NOT_FOUND, text).exception();
    }

    @Override
    public synchronized void close() {
        if (registries != null) {
            registries.close();
        }
    }
}
