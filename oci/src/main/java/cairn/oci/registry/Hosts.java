package cairn.oci.registry;

import cairn.oci.http.HttpRequest.Reach;
import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import cairn.oci.http.TlsSettings.ClientPair;
import cairn.oci.registry.Endpoint.Capability;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which hosts serve a registry, and whom to trust there, as the user's settings say. Files are read each time that they are asked for. */
final class Hosts {
    /** Docker's own registry is served under another name than its images have. */
    static final String DOCKER = "docker.io";

    static final String DOCKER_SERVER = "registry-1.docker.io";
    static final String DOCKER_INDEX = "index.docker.io";
    private static final String PREFIX = "/v2";

    /** The folder for registries that have none. */
    private static final String OTHERS = "_default";

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
        HostsFile file = hostsFile(domain);
        if (file != null) {
            for (HostsFile.Host host : file.mirrors()) {
                endpoints.add(endpoint(host, domain, true));
            }
        }
        if (domain.equals(DOCKER)) {
            for (URI mirror : settings.mirrors()) {
                endpoints.add(mirror(mirror));
            }
        }
        endpoints.add(file == null ? server(domain) : endpoint(file.server(), domain, false));
        return endpoints;
    }

    /** The registry itself, without regard to any {@code hosts.toml}. */
    Endpoint server(String domain) throws RegistryException {
        String authority = served(domain);
        Origin secure = origin(true, authority);
        List<Origin> origins = List.of(secure, origin(false, authority));
        return new Endpoint(origins, PREFIX, tls(secure), Map.of(), Set.of(Capability.values()), false, "");
    }

    private Endpoint mirror(URI uri) throws RegistryException {
        Origin origin = origin(uri);
        Set<Capability> reading = Set.of(Capability.PULL, Capability.RESOLVE);
        return new Endpoint(List.of(origin), path(uri) + PREFIX, tls(origin), Map.of(), reading, true, "");
    }

    private Endpoint endpoint(HostsFile.Host host, String domain, boolean mirror) throws RegistryException {
        String address = host.address().isEmpty() ? served(domain) : host.address();
        List<Origin> origins;
        String path = "";
        if (address.indexOf("://") < 0) {
            origins = List.of(origin(true, served(address)), origin(false, served(address)));
        } else {
            URI uri = uri(address);
            Origin origin = origin(uri);
            origins = List.of(
                    origin.host().equals(DOCKER) ? new Origin(origin.tls(), DOCKER_SERVER, origin.port()) : origin);
            path = path(uri);
        }
        Origin first = origins.getFirst();
        List<ClientPair> clients = new ArrayList<>(host.clients());
        TlsSettings folder = tls(first, host.authorities());
        clients.addAll(folder.clients());
        TlsSettings tls = folder.withClients(clients);
        if (host.skipVerify() != null) {
            tls = tls.withVerify(!host.skipVerify());
        }
        String prefix = host.overridePath() || path.endsWith(PREFIX) ? path : path + PREFIX;
        // Who serves several registries has to be told which; the registry itself knows.
        boolean stranger = mirror && !first.authority().equals(served(domain));
        return new Endpoint(
                origins, prefix, tls, host.headers(), host.capabilities(), mirror, stranger ? "ns=" + domain : "");
    }

    /** Whom to trust at a host: what its folders say beside the system's authorities; anybody at one that is listed as insecure. */
    TlsSettings tls(Origin origin) throws RegistryException {
        return tls(origin, List.of());
    }

    private TlsSettings tls(Origin origin, List<Path> more) throws RegistryException {
        List<Path> authorities = new ArrayList<>(more);
        List<ClientPair> clients = new ArrayList<>();
        for (Path path : folders(origin)) {
            HostFolder folder = HostFolder.read(path);
            authorities.addAll(folder.authorities());
            clients.addAll(folder.clients());
        }
        // Who gave an authority for a host on this machine wants it to be looked at, though Docker does not.
        boolean verify = authorities.isEmpty() ? !insecure.presumed(origin) : !insecure.listed(origin);
        return new TlsSettings(authorities, clients, verify);
    }

    private @Nullable HostsFile hostsFile(String domain) throws RegistryException {
        for (String name : List.of(domain, OTHERS)) {
            for (Path directory : settings.hostDirectories()) {
                Path folder = directory.resolve(name);
                if (Files.isRegularFile(folder.resolve("hosts.toml"))) {
                    return HostFolder.read(folder).hosts();
                }
            }
        }
        return null;
    }

    /** A host's folders, under its name with and without a port that goes without saying. */
    private List<Path> folders(Origin origin) {
        List<String> names = new ArrayList<>(List.of(origin.authority()));
        if (!origin.authority().equals(origin.endpoint())) {
            names.add(origin.endpoint());
        }
        if (origin.host().equals(DOCKER_SERVER)) {
            names.add(DOCKER);
        }
        List<Path> folders = new ArrayList<>();
        for (Path directory : settings.hostDirectories()) {
            for (String name : names) {
                Path folder = directory.resolve(name);
                if (Files.isDirectory(folder)) {
                    folders.add(folder);
                }
            }
        }
        return folders;
    }

    /** Whether the user has made a folder for a host. */
    boolean hasFolder(Origin origin) {
        return !folders(origin).isEmpty();
    }

    /** Whether the user's settings name a host, so that it may be anywhere. */
    boolean named(Origin origin) {
        return insecure.listed(origin)
                || hasFolder(origin)
                || settings.mirrors().stream().anyMatch(mirror -> origin.host().equalsIgnoreCase(mirror.getHost()));
    }

    /** For a host that the user named: with TLS anywhere, without it on this machine and where it is listed. */
    Reach reach(Origin origin) {
        if (origin.tls()) {
            return new Secure(address -> insecure.plain(origin, address));
        }
        return address -> insecure.plain(origin, address)
                ? null
                : "plain HTTP is for this machine and for hosts listed as insecure registries";
    }

    /** @param plain where the same host may be spoken to without TLS */
    private record Secure(Predicate<InetAddress> plain) implements Reach {
        @Override
        public @Nullable String objection(InetAddress address) {
            return null;
        }

        @Override
        public boolean plainToo(InetAddress address) {
            return plain.test(address);
        }
    }

    private static String served(String domain) {
        return domain.equals(DOCKER) ? DOCKER_SERVER : domain;
    }

    private static String path(URI uri) {
        return uri.getRawPath() == null ? "" : uri.getRawPath().replaceAll("/+$", "");
    }

    private static URI uri(String address) throws RegistryException {
        try {
            return new URI(address);
        } catch (URISyntaxException e) {
            throw new RegistryException(RegistryException.Kind.INVALID, "no address of a host: " + e.getMessage(), e);
        }
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
