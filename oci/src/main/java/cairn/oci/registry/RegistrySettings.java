package cairn.oci.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * How registries are reached.
 *
 * @param hostDirectories directories with one folder a registry, named {@code HOST} or {@code HOST:PORT}, as {@code /etc/docker/certs.d}:
 *     {@code hosts.toml} (containerd's format), {@code *.crt}, {@code *.cert} with {@code *.key}; earlier ones go first; missing ones are fine
 * @param mirrors of Docker's own registry, tried in this order before it ({@code --registry-mirror})
 * @param insecure hosts, {@code host:port} or networks in CIDR form where plain HTTP or an unknown certificate is accepted, beside
 *     loopback addresses ({@code --insecure-registry})
 * @param userAgent as sent
 * @param proxies on the way there
 */
public record RegistrySettings(
        List<Path> hostDirectories, List<URI> mirrors, List<String> insecure, String userAgent, ProxySettings proxies) {
    /** Without proxies. */
    public RegistrySettings(List<Path> hostDirectories, List<URI> mirrors, List<String> insecure, String userAgent) {
        this(hostDirectories, mirrors, insecure, userAgent, ProxySettings.NONE);
    }

    public RegistrySettings {
        hostDirectories = List.copyOf(hostDirectories);
        mirrors = List.copyOf(mirrors);
        insecure = List.copyOf(insecure);
    }
}
