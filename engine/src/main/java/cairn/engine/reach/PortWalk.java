package cairn.engine.reach;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Subnet;
import cairn.engine.network.Transport;
import cairn.linux.KernelThread;
import cairn.linux.SocketTable;
import cairn.wire.container.PortBinding;
import cairn.wire.explain.PortExplanation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A port of the host: who has it, and how packets for it get to the program in a container, or where they end. */
public final class PortWalk {
    private static final String THREAD = "cairn-reach";

    private final Containers containers;
    private final Facts facts;

    public PortWalk(Containers containers, Networks networks, PublishedPorts ports) {
        this.containers = containers;
        this.facts = new Facts(containers, networks, ports);
    }

    /**
     * @param port as in {@code 8080}, {@code 53/udp}, {@code 127.0.0.1:8080}, {@code [::1]:8080}
     * @throws cairn.engine.error.EngineException InvalidParameter
     */
    public PortExplanation of(String port) {
        PortQuery query = PortQuery.parse(port);
        return KernelThread.call(THREAD, () -> PortAnalysis.of(read(query)));
    }

    private PortFacts read(PortQuery query) {
        List<PortFacts.Publication> publications = new ArrayList<>();
        for (Container container : containers.all()) {
            Map<ContainerPort, List<PublishedPort>> published = new LinkedHashMap<>();
            for (PublishedPort port : container.ports()) {
                if (port.hostPort() == query.port().number()
                        && port.port().transport() == query.port().transport()
                        && query.meetsPublished(port.hostAddress())) {
                    published
                            .computeIfAbsent(port.port(), key -> new ArrayList<>())
                            .add(port);
                }
            }
            published.values().forEach(ports -> publications.addAll(publications(container, ports)));
        }
        List<Listener> sockets = facts.hostListeners(query.port()).stream()
                .filter(socket ->
                        socket.holder() ? query.meetsPublished(socket.address()) : query.meets(socket.address()))
                .toList();
        boolean nobody = publications.isEmpty() && sockets.isEmpty();
        return new PortFacts(
                query,
                sockets,
                publications,
                Inside.read(),
                Forwarding.read(),
                nobody ? idle(query) : List.of(),
                nobody ? routed(query) : List.of(),
                nobody ? unpublished(query) : List.of());
    }

    /** One for each address of the container that packets for these ports go to. */
    private List<PortFacts.Publication> publications(Container container, List<PublishedPort> ports) {
        Party party = facts.party(container);
        EndpointRecord ipv4 = container.wayOut(false);
        EndpointRecord ipv6 = container.wayOut(true);
        List<PortFacts.Publication> publications = new ArrayList<>();
        for (boolean v6 : new boolean[] {false, true}) {
            List<PublishedPort> those = ports.stream()
                    .filter(port -> v6 == (ipv6 != null && Subnet.v6(port.hostAddress())))
                    .toList();
            EndpointRecord endpoint = v6 ? ipv6 : ipv4;
            if (!those.isEmpty()) {
                publications.add(new PortFacts.Publication(
                        party,
                        those,
                        v6,
                        ipv6 == null,
                        endpoint == null ? null : facts.place(endpoint),
                        facts.inside(party),
                        facts.listeners(party)));
            }
        }
        return publications;
    }

    private List<String> routed(PortQuery query) {
        List<String> names = new ArrayList<>();
        for (Container container : containers.all()) {
            List<String> addresses = new ArrayList<>();
            for (PublishedPort port : container.ports()) {
                boolean v6 = Subnet.v6(port.hostAddress());
                EndpointRecord endpoint = container.wayOut(v6);
                InetAddress address =
                        endpoint == null ? null : Subnet.literal(v6 ? endpoint.address6() : endpoint.address());
                if (port.routed() && address != null) {
                    addresses.add(PortQuery.hostPort(address, port.port().number()));
                }
            }
            if (container.running() && !addresses.isEmpty() && wants(container, query)) {
                names.add(container.name() + ", which is reached at " + String.join(" and ", addresses) + ",");
            }
        }
        return names;
    }

    private List<String> idle(PortQuery query) {
        List<String> names = new ArrayList<>();
        for (Container container : containers.all()) {
            if (!container.running() && wants(container, query)) {
                names.add(container.name());
            }
        }
        return names;
    }

    private static boolean wants(Container container, PortQuery query) {
        Map<String, @Nullable List<PortBinding>> bindings =
                container.hostConfig().portBindings();
        if (bindings == null) {
            return false;
        }
        for (Map.Entry<String, @Nullable List<PortBinding>> entry : bindings.entrySet()) {
            ContainerPort port = ContainerPort.parse(entry.getKey());
            List<PortBinding> wanted = entry.getValue();
            if (port != null
                    && port.transport() == query.port().transport()
                    && wanted != null
                    && wanted.stream()
                            .anyMatch(binding -> binding.hostPort()
                                    .equals(Integer.toString(query.port().number())))) {
                return true;
            }
        }
        return false;
    }

    /** Where a program listens on a port of that number, and none of the host leads there: the other common mistake. */
    private List<String> unpublished(PortQuery query) {
        List<String> names = new ArrayList<>();
        if (query.port().transport() == Transport.SCTP) {
            return names;
        }
        for (Container container : containers.all()) {
            Party party = facts.party(container);
            boolean listens = party.runs()
                    && party.namespace() == Party.Namespace.OWN
                    && SocketTable.of(party.pid(), query.port().transport().toString()).stream()
                            .anyMatch(entry -> entry.waiting()
                                    && entry.port() == query.port().number());
            if (listens) {
                names.add(container.name());
            }
        }
        return names;
    }
}
