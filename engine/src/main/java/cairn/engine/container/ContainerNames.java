package cairn.engine.container;

import cairn.engine.name.NameService;
import cairn.engine.name.Place;
import cairn.engine.name.Upstream;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.Subnet;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Tells the name service who is on which network with which names, and has it serve those that are on one of the user's own. */
final class ContainerNames {
    private static final System.Logger LOG = System.getLogger(ContainerNames.class.getName());

    private final NameService service;
    private final Networks networks;

    ContainerNames(NameService service, Networks networks) {
        this.service = service;
        this.networks = networks;
    }

    /** Whether a container is to have a name service: it is on a network where names are resolved. */
    static boolean wanted(Container container) {
        return container.networks().stream().anyMatch(membership -> Memberships.userDefined(membership.network()));
    }

    /** From now on others find it there; instead of what was known of that place before. */
    void joined(Container container, Membership membership) {
        EndpointRecord endpoint = membership.endpoint();
        if (endpoint == null) {
            return;
        }
        List<String> names = Memberships.names(container, membership);
        Network network = networks.get(endpoint.networkId());
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : List.of(endpoint.address(), endpoint.address6())) {
            InetAddress literal = address.isEmpty() ? null : Subnet.literal(address);
            if (literal != null) {
                addresses.add(literal);
            }
        }
        service.table()
                .put(new Place(
                        endpoint.endpointId(),
                        container.id(),
                        endpoint.networkId(),
                        network.name(),
                        names != null,
                        !network.internal(),
                        names == null ? List.of() : names,
                        addresses,
                        Memberships.links(membership.asked())));
    }

    void left(Membership membership) {
        EndpointRecord endpoint = membership.endpoint();
        if (endpoint != null) {
            service.table().remove(endpoint.endpointId());
        }
    }

    /** Serves a container, if it is to have that and has it not yet; its process may only be about to run. */
    void serve(Live live, int pid, long startTime) {
        Container container = live.container;
        if (wanted(container) && !service.serves(container.id())) {
            service.serve(container.id(), pid, startTime, upstream(container), live.files.names());
        }
    }

    private static Upstream upstream(Container container) {
        try {
            return settings(container).upstream();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "name servers of container {0}: {1}", container.id(), e.getMessage());
            return new Upstream(List.of(), false);
        }
    }

    static NameSettings settings(Container container) throws IOException {
        boolean ipv6 = container.networks().stream()
                .anyMatch(membership -> membership.endpoint() != null
                        && !membership.endpoint().address6().isEmpty());
        return NameSettings.of(container.hostConfig(), ipv6);
    }

    /** At the end of a run, before its network namespace has to be gone. */
    void end(String container) {
        service.end(container);
    }
}
