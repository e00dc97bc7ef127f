package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.LaunchSpec;
import cairn.engine.network.Endpoint;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.EndpointRequest;
import cairn.engine.network.InterfaceSteps;
import cairn.engine.network.Member;
import cairn.engine.network.Networks;
import cairn.engine.network.Subnet;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.wire.network.EndpointIpamConfig;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings containers onto their networks for as long as they run. */
final class ContainerNetworks {
    private static final int FIRST_INDEX = 2; // a fresh namespace has only the loopback

    private final Networks networks;
    private final ContainerNames names;
    private final Ids ids;

    ContainerNetworks(Networks networks, ContainerNames names, Ids ids) {
        this.networks = networks;
        this.names = names;
        this.ids = ids;
    }

    /** What a start needs: places, and the steps of its launch. */
    record Attached(List<Membership> memberships, LaunchSpec.Network steps) {}

    /** Takes a place on each of a container's networks, all or none. */
    Attached attach(Container container) {
        List<Membership> placed = new ArrayList<>();
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> named = Memberships.interfaceNames(container.networks());
        int number = 0;
        try {
            for (Membership membership : container.networks()) {
                if (Memberships.options(membership).name().isEmpty()) {
                    String prefix = named.isEmpty() ? "" : networks.interfacePrefix(membership.network());
                    while (named.contains(prefix + number)) {
                        number++;
                    }
                }
                Endpoint endpoint = attach(container, membership, number, FIRST_INDEX + endpoints.size());
                if (Memberships.options(membership).name().isEmpty()) {
                    number++;
                }
                endpoints.add(endpoint);
                placed.add(membership.placed(endpoint.endpoint()));
            }
            return new Attached(placed, steps(container, placed, endpoints));
        } catch (RuntimeException e) {
            placed.forEach(this::release);
            throw e;
        }
    }

    Endpoint attach(Container container, Membership membership, int number, int index) {
        EndpointIpamConfig addresses = membership.asked().ipamConfig();
        List<String> names = Memberships.names(container, membership);
        EndpointRequest request = new EndpointRequest(
                ids.next(),
                container.id(),
                container.name(),
                names == null ? List.of() : names,
                Memberships.links(membership.asked()),
                address(addresses == null ? "" : addresses.ipv4Address()),
                address(addresses == null ? "" : addresses.ipv6Address()),
                Memberships.mac(membership.asked()),
                Memberships.options(membership));
        Endpoint endpoint = networks.attach(membership.network(), request, number, index);
        this.names.joined(container, membership.placed(endpoint.endpoint()));
        return endpoint;
    }

    private static @Nullable InetAddress address(String text) {
        return text.isEmpty() ? null : Subnet.literal(text);
    }

    private static LaunchSpec.Network steps(Container container, List<Membership> placed, List<Endpoint> endpoints) {
        NetworkMode mode = NetworkMode.of(container.hostConfig());
        if (mode instanceof NetworkMode.Host || mode instanceof NetworkMode.Shared) {
            return LaunchSpec.Network.NONE;
        }
        List<Step> connect = new ArrayList<>();
        List<Step> inside = new ArrayList<>(InterfaceSteps.loopback());
        for (Endpoint endpoint : endpoints) {
            connect.addAll(endpoint.connect());
            inside.addAll(endpoint.inside());
        }
        Membership outward4 = Memberships.outward(placed, false);
        Membership outward6 = Memberships.outward(placed, true);
        for (Endpoint endpoint : endpoints) {
            if (outward4 != null && endpoint.endpoint().equals(outward4.endpoint())) {
                inside.addAll(endpoint.outward4());
            }
            if (outward6 != null && endpoint.endpoint().equals(outward6.endpoint())) {
                inside.addAll(endpoint.outward6());
            }
        }
        if (ContainerNames.wanted(container)) {
            // Its process must not ask before it is served.
            connect.add(Step.of(Op.AWAIT_GO));
        }
        return new LaunchSpec.Network(connect, inside);
    }

    void release(Membership membership) {
        if (membership.endpoint() != null) {
            names.left(membership);
            networks.release(membership.endpoint());
        }
    }

    /** At the end of a run. */
    void release(String container, List<Membership> memberships) {
        names.end(container);
        memberships.forEach(this::release);
    }

    /** A container that was found running has these places. */
    void resume(Container container) {
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null) {
                List<String> names = Memberships.names(container, membership);
                networks.resume(new Member(
                        container.id(),
                        container.name(),
                        names == null ? List.of() : names,
                        Memberships.links(membership.asked()),
                        endpoint));
                this.names.joined(container, membership);
            }
        }
    }

    /** Of a container that has got another name. */
    void rename(Container container) {
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null) {
                List<String> names = Memberships.names(container, membership);
                networks.rename(endpoint, container.name(), names == null ? List.of() : names);
                this.names.joined(container, membership);
            }
        }
    }

    /** @param action connect or disconnect */
    void tell(String containerId, List<Membership> memberships, String action) {
        for (Membership membership : memberships) {
            if (membership.endpoint() != null) {
                networks.tell(membership.endpoint(), action, containerId);
            }
        }
    }

    /** A network's name, or the reference itself where there is no such network. */
    String nameOf(String ref) {
        if (!Memberships.userDefined(ref)) {
            return ref;
        }
        try {
            return networks.get(ref).name();
        } catch (cairn.engine.error.EngineException e) {
            if (e.problem() instanceof Problem.NoSuchNetwork) {
                return ref;
            }
            throw e;
        }
    }

    /** The address by which containers know the host. */
    String hostGateway() {
        if (!networks.enabled()) {
            throw new Problem.InvalidParameter("unable to derive the IP value for host-gateway").exception();
        }
        var pool = networks.get(Networks.BRIDGE).pools().getFirst();
        return pool.gateway() == null ? "" : Subnet.format(pool.gateway());
    }
}
