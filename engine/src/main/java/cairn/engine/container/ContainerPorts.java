package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.Networks;
import cairn.engine.network.PortPolicy;
import cairn.engine.network.PortRefused;
import cairn.engine.network.PortRequest;
import cairn.engine.network.PortTargets;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Subnet;
import cairn.linux.Errno;
import cairn.linux.ProcessInfo;
import cairn.linux.SocketOwners;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes a container's ports for as long as it runs. */
final class ContainerPorts {
    private final PublishedPorts published;
    private final Networks networks;
    private final Roster roster;

    ContainerPorts(PublishedPorts published, Networks networks, Roster roster) {
        this.networks = networks;
        this.published = published;
        this.roster = roster;
    }

    /** Before the start; all or none. */
    List<PublishedPort> publish(Container container) throws IOException {
        return publish(container, List.of());
    }

    /** What a container has published, to its places of now; what it has none for is withdrawn. */
    List<PublishedPort> publishAgain(Container container) throws IOException {
        return publish(container, container.ports());
    }

    /** @param before whose numbers are to be kept where any may be taken */
    private List<PublishedPort> publish(Container container, List<PublishedPort> before) throws IOException {
        if (!PortBindings.publishes(container.hostConfig())) {
            return List.of();
        }
        PortTargets targets = targets(container);
        EndpointRecord endpoint = targets.first();
        if (endpoint == null) {
            return List.of();
        }
        PortBindings.Wanted wanted = PortBindings.wanted(
                container.config(),
                container.hostConfig(),
                new PortBindings.Families(way(targets, false), way(targets, true)));
        try {
            return published.publish(
                    container.id(), targets, PortBindings.kept(wanted.mapped(), before), wanted.routed());
        } catch (PortRefused refused) {
            throw problem(container, endpoint, refused).exception(refused);
        }
    }

    /** The networks that lead out, where these publish ports, as with Docker. */
    private PortTargets targets(Container container) {
        return new PortTargets(publishing(container.wayOut(false)), publishing(container.wayOut(true)));
    }

    private @Nullable EndpointRecord publishing(@Nullable EndpointRecord endpoint) {
        return endpoint == null || networks.portPolicy(endpoint.networkId()) == null ? null : endpoint;
    }

    /** How addresses of a family lead to the container; null if they do not. */
    private PortBindings.@Nullable Way way(PortTargets targets, boolean v6) {
        EndpointRecord own = v6 ? targets.ipv6() : targets.ipv4();
        // IPv6 reaches a container without it over IPv4.
        EndpointRecord endpoint = own == null && v6 ? targets.ipv4() : own;
        PortPolicy policy = endpoint == null ? null : networks.portPolicy(endpoint.networkId());
        if (policy == null) {
            return null;
        }
        GatewayMode mode = v6 ? policy.ipv6() : policy.ipv4();
        return new PortBindings.Way(own != null && mode == GatewayMode.ROUTED, policy.hostBinding());
    }

    private Problem problem(Container container, EndpointRecord endpoint, PortRefused refused) {
        PortRequest request = refused.request();
        String address = Subnet.format(request.addresses().getFirst());
        String host = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":"
                + (request.low() == request.high() ? "" + request.low() : request.low() + "-" + request.high());
        String transport = request.port().transport().toString();
        String holder = refused.errno() == Errno.EADDRINUSE ? published.holderOf(request) : null;
        if (holder != null) {
            return new Problem.PortTaken(container.name(), endpoint.endpointId(), host, described(holder));
        }
        return new Problem.PortNotBound(
                container.name(), endpoint.endpointId(), host + "/" + transport, why(refused, transport));
    }

    private String described(String id) {
        String name = roster.nameOf(id);
        String shortId = id.substring(0, Math.min(12, id.length()));
        return "container " + (name == null ? shortId : name + " (" + shortId + ")");
    }

    private static String why(PortRefused refused, String transport) {
        return switch (refused.errno()) {
            case Errno.EADDRINUSE -> {
                ProcessInfo process =
                        SocketOwners.of(transport, refused.request().low());
                yield "address already in use"
                        + (process == null
                                ? ""
                                : " by process " + process.pid() + " (" + String.join(" ", process.command()) + ")");
            }
            case Errno.EADDRNOTAVAIL -> "cannot assign requested address";
            case Errno.EPROTONOSUPPORT -> "protocol not supported by this kernel";
            default -> Errno.text(refused.errno());
        };
    }

    /** At the end, and when a start fails. */
    void withdraw(String id) {
        published.withdraw(id);
    }

    /** Of a container that was found running. */
    void resume(Container container) {
        PortTargets targets = targets(container);
        if (targets.first() != null) {
            published.resume(container.id(), targets, container.ports());
        }
    }

    /** Once all containers that run are known. */
    void reconcile() {
        published.reconcile();
    }
}
