package cairn.engine.reach;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Transport;
import cairn.linux.KernelThread;
import cairn.linux.SocketTable;
import cairn.wire.container.PortBinding;
import cairn.wire.explain.PortExplanation;
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
                        && query.meets(port.hostAddress())) {
                    published
                            .computeIfAbsent(port.port(), key -> new ArrayList<>())
                            .add(port);
                }
            }
            published.values().forEach(ports -> publications.add(publication(container, ports)));
        }
        List<Listener> sockets = facts.hostListeners(query.port()).stream()
                .filter(socket -> query.meets(socket.address()))
                .toList();
        boolean nobody = publications.isEmpty() && sockets.isEmpty();
        return new PortFacts(
                query,
                sockets,
                publications,
                Inside.read(),
                Facts.forwarding(),
                nobody ? idle(query) : List.of(),
                nobody ? unpublished(query) : List.of());
    }

    private PortFacts.Publication publication(Container container, List<PublishedPort> ports) {
        Party party = facts.party(container);
        EndpointRecord endpoint = container.wayOut(false);
        return new PortFacts.Publication(
                party,
                ports,
                endpoint == null ? null : facts.place(endpoint),
                facts.inside(party),
                facts.listeners(party));
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
