package cairn.engine.container;

import cairn.engine.name.NameService;
import cairn.engine.network.EndpointRecord;
import cairn.wire.container.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Writes a container's hosts, hostname and resolv.conf before its start, and hosts and resolv.conf again when its networks change. */
final class EtcWriter {
    private static final String GATEWAY = "host-gateway";

    private final ContainerNetworks networks;
    private final Function<String, Live> containers;

    /** @param containers by reference */
    EtcWriter(ContainerNetworks networks, Function<String, Live> containers) {
        this.networks = networks;
        this.containers = containers;
    }

    void write(Live live, Links links) throws IOException {
        EtcFiles.hostname(live.files.hostname(), live.container.config().hostname());
        if (NetworkMode.of(live.container.hostConfig()) instanceof NetworkMode.Shared shared) {
            // With the network come its names.
            Live other = containers.apply(shared.container());
            Files.writeString(live.files.hosts(), Files.readString(other.files.hosts()));
            Files.writeString(live.files.resolvConf(), Files.readString(other.files.resolvConf()));
            return;
        }
        hosts(live, links);
        resolvConf(live);
    }

    /** Of a container that runs and is on a network with names now; what has been changed inside since stays. */
    void nameServer(Live live) throws IOException {
        Path file = live.files.resolvConf();
        if (ContainerNames.wanted(live.container)
                && !(Files.exists(file) && Files.readString(file).contains(NameService.ADDRESS))) {
            resolvConf(live);
        }
    }

    /** In place, as the hosts. */
    private void resolvConf(Live live) throws IOException {
        Container container = live.container;
        HostConfig host = container.hostConfig();
        if (ContainerNames.wanted(container)) {
            Files.writeString(
                    live.files.resolvConf(), ContainerNames.settings(container).file());
            return;
        }
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
