package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Networks;
import cairn.engine.network.PortRefused;
import cairn.engine.network.PortRequest;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.PublishedPorts;
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
        if (!PortBindings.publishes(container.hostConfig())) {
            return List.of();
        }
        EndpointRecord endpoint = outward(container);
        if (endpoint == null) {
            return List.of();
        }
        List<PortRequest> requests = PortBindings.requests(
                container.config(), container.hostConfig(), networks.hostBinding(endpoint.networkId()));
        if (requests.isEmpty()) {
            return List.of();
        }
        try {
            return published.publish(container.id(), endpoint, requests);
        } catch (PortRefused refused) {
            throw problem(container, endpoint, refused).exception(refused);
        }
    }

    /** What a container has published, to its place of now; what it has none for is withdrawn. */
    List<PublishedPort> publishAgain(Container container) throws IOException {
        EndpointRecord endpoint = outward(container);
        if (endpoint == null) {
            return List.of();
        }
        if (container.ports().isEmpty()) {
            return publish(container);
        }
        List<PortRequest> requests = container.ports().stream()
                .map(port ->
                        new PortRequest(port.port(), List.of(port.hostAddress()), port.hostPort(), port.hostPort()))
                .toList();
        try {
            return published.publish(container.id(), endpoint, requests);
        } catch (PortRefused refused) {
            throw problem(container, endpoint, refused).exception(refused);
        }
    }

    /** Where packets for published ports go: the network that leads out. Null if none does, as with Docker. */
    private static @Nullable EndpointRecord outward(Container container) {
        Membership outward = Memberships.outward(container.networks(), false);
        return outward == null ? null : outward.endpoint();
    }

    private Problem problem(Container container, EndpointRecord endpoint, PortRefused refused) {
        PortRequest request = refused.request();
        String address = request.addresses().getFirst().getHostAddress();
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
        EndpointRecord endpoint = outward(container);
        if (endpoint != null) {
            published.resume(container.id(), endpoint, container.ports());
        }
    }

    /** Once all containers that run are known. */
    void reconcile() {
        published.reconcile();
    }
}
