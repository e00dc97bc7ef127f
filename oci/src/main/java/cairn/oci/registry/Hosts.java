package cairn.oci.registry;

import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import cairn.oci.registry.Endpoint.Capability;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which hosts serve a registry, and whom to trust there, as the user's settings say. Files are read each time that they are asked for. */
final class Hosts {
    /** Docker's own registry is served under another name than its images have. */
    static final String DOCKER = "docker.io";

    static final String DOCKER_SERVER = "registry-1.docker.io";
    static final String DOCKER_INDEX = "index.docker.io";
    static final String PREFIX = "/v2";

    private final RegistrySettings settings;
    private final Insecure insecure;

    Hosts(RegistrySettings settings) {
        this.settings = settings;
        this.insecure = new Insecure(settings.insecure());
    }

    /**
     * Mirrors in their order, the registry itself last.
     *
     * @param domain as it stands in a reference
     */
    List<Endpoint> endpoints(String domain) throws RegistryException {
        List<Endpoint> endpoints = new ArrayList<>();
        if (domain.equals(DOCKER)) {
            for (URI mirror : settings.mirrors()) {
                endpoints.add(mirror(mirror));
            }
        }
        endpoints.add(server(domain.equals(DOCKER) ? DOCKER_SERVER : domain));
        return endpoints;
    }

    Endpoint server(String authority) throws RegistryException {
        Origin secure = origin(true, authority);
        TlsSettings tls = tls(secure);
        List<Origin> origins = List.of(secure, origin(false, authority));
        return new Endpoint(origins, PREFIX, tls, Map.of(), Set.of(Capability.values()), false);
    }

    private Endpoint mirror(URI uri) throws RegistryException {
        Origin origin = origin(uri);
        String path = uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
        return new Endpoint(
                List.of(origin),
                path + PREFIX,
                tls(origin),
                Map.of(),
                Set.of(Capability.PULL, Capability.RESOLVE),
                true);
    }

    /** Whom to trust at a host: what its folders say beside the system's authorities; anybody at one that is listed as insecure. */
    TlsSettings tls(Origin origin) throws RegistryException {
        TlsSettings named = TlsSettings.SYSTEM;
        return named.withVerify(!insecure.listed(origin));
    }

    /** Whether the user's settings name a host, so that it may be anywhere. */
    boolean named(Origin origin) {
        return settings.mirrors().stream().anyMatch(mirror -> origin.host().equalsIgnoreCase(mirror.getHost()));
    }

    /** Whether the user has made a folder for a host. */
    boolean hasFolder(Origin origin) {
        return settings.hostDirectories().stream()
                .anyMatch(directory -> Files.isDirectory(directory.resolve(origin.authority())));
    }

    /** Whether plain HTTP may be spoken to this host at this address. */
    boolean plain(Origin origin, InetAddress address) {
        return insecure.plain(origin, address);
    }

    private static Origin origin(boolean tls, String authority) throws RegistryException {
        try {
            return Origin.of(tls, authority);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(RegistryException.Kind.INVALID, "no registry can be at " + authority, e);
        }
    }

    private static Origin origin(URI uri) throws RegistryException {
        try {
            return Origin.of(uri);
        } catch (IllegalArgumentException e) {
            throw new RegistryException(RegistryException.Kind.INVALID, "invalid mirror: " + e.getMessage(), e);
        }
    }
}
