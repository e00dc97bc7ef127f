package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.distribution.DistributionSettings;
import cairn.oci.registry.ProxySettings;
import cairn.oci.registry.RegistrySettings;
import cairn.wire.system.RegistryConfig;
import cairn.wire.system.RegistryIndex;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the command line says of registries, and how {@code info} shows it. */
final class RegistryOptions {
    /** Cairn's own goes before Docker's, so that both may be given for one machine. */
    private static final List<Path> HOST_DIRECTORIES =
            List.of(Path.of("/etc/cairn/certs.d"), Path.of("/etc/docker/certs.d"));

    private static final List<String> LOOPBACK = List.of("::1/128", "127.0.0.0/8");
    private static final String DOCKER = "docker.io";

    private RegistryOptions() {}

    static DistributionSettings of(DaemonOptions options) throws DaemonOptions.UsageException {
        List<URI> mirrors = new ArrayList<>();
        for (String text : options.list("registry-mirror")) {
            mirrors.add(mirror(text));
        }
        return new DistributionSettings(
                new RegistrySettings(
                        HOST_DIRECTORIES,
                        mirrors,
                        options.list("insecure-registry"),
                        "cairn/" + Engine.OWN_VERSION,
                        proxies(options)),
                options.count("max-concurrent-downloads", DistributionSettings.DOWNLOADS),
                options.count("max-concurrent-uploads", DistributionSettings.UPLOADS),
                options.count("max-download-attempts", DistributionSettings.ATTEMPTS));
    }

    private static ProxySettings proxies(DaemonOptions options) throws DaemonOptions.UsageException {
        try {
            return new ProxySettings(
                    options.proxy("http-proxy"), options.proxy("https-proxy"), options.proxy("no-proxy"));
        } catch (IllegalArgumentException e) {
            throw new DaemonOptions.UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static URI mirror(String text) throws DaemonOptions.UsageException {
        try {
            URI uri = new URI(text);
            String scheme = String.valueOf(uri.getScheme());
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new DaemonOptions.UsageException(
                        "invalid mirror: unsupported scheme \"" + scheme + "\" in \"" + text + "\"");
            }
            if (uri.getHost() == null
                    || uri.getQuery() != null
                    || uri.getFragment() != null
                    || uri.getUserInfo() != null) {
                throw new DaemonOptions.UsageException(
                        "invalid mirror: \"" + text + "\" is not a URI of scheme, host and path alone");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new DaemonOptions.UsageException("invalid mirror: \"" + text + "\" is not a valid URI");
        }
    }

    static RegistryConfig view(RegistrySettings settings) {
        List<String> mirrors = settings.mirrors().stream()
                .map(uri -> uri.toString().endsWith("/") ? uri.toString() : uri + "/")
                .toList();
        Map<String, RegistryIndex> indexes = new LinkedHashMap<>();
        indexes.put(DOCKER, new RegistryIndex(mirrors, DOCKER, true, true));
        List<String> networks = new ArrayList<>(LOOPBACK);
        for (String insecure : settings.insecure()) {
            if (insecure.indexOf('/') >= 0) {
                networks.add(insecure);
            } else {
                indexes.put(insecure, new RegistryIndex(List.of(), insecure, false, false));
            }
        }
        return new RegistryConfig(indexes, networks, mirrors);
    }
}
