package cairn.engine.container;

import cairn.engine.network.EndpointRecord;
import cairn.wire.container.HostConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes a container's hosts, hostname and resolv.conf before its start, and its hosts again when its networks change. */
final class EtcWriter {
    private static final String GATEWAY = "host-gateway";

    private final ContainerNetworks networks;

    EtcWriter(ContainerNetworks networks) {
        this.networks = networks;
    }

    void write(Live live, Links links) throws IOException {
        Container container = live.container;
        HostConfig host = container.hostConfig();
        hosts(live, links);
        EtcFiles.hostname(live.files.hostname(), container.config().hostname());
        EtcFiles.resolvConf(
                live.files.resolvConf(),
                NetworkMode.of(host) instanceof NetworkMode.Host,
                host.dns() == null ? List.of() : host.dns(),
                host.dnsSearch() == null ? List.of() : host.dnsSearch(),
                host.dnsOptions() == null ? List.of() : host.dnsOptions());
    }

    /** In place: a container that runs has this very file. */
    void hosts(Live live, Links links) throws IOException {
        Container container = live.container;
        HostConfig host = container.hostConfig();
        List<String> extra = extra(host);
        if (NetworkMode.of(host) instanceof NetworkMode.Host) {
            EtcFiles.hostsOfHost(live.files.hosts(), extra);
            return;
        }
        List<String> addresses = new ArrayList<>();
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null) {
                addresses.add(endpoint.address());
                addresses.add(endpoint.address6());
            }
        }
        addresses.removeIf(String::isEmpty);
        EtcFiles.hosts(
                live.files.hosts(),
                container.config().hostname(),
                container.config().domainname(),
                addresses,
                extra,
                links.hosts());
    }

    private List<String> extra(HostConfig host) {
        List<String> extra = new ArrayList<>();
        for (String pair : host.extraHosts() == null ? List.<String>of() : host.extraHosts()) {
            extra.add(
                    pair.endsWith(GATEWAY)
                            ? pair.substring(0, pair.length() - GATEWAY.length()) + networks.hostGateway()
                            : pair);
        }
        return extra;
    }
}
