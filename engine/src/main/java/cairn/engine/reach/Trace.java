package cairn.engine.reach;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.name.NameTable;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Subnet;
import cairn.linux.KernelThread;
import cairn.wire.explain.ProbeExplanation;
import cairn.wire.explain.TraceExplanation;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a container reaches somebody: by records and rules, and by a packet that is really sent. */
public final class Trace {
    private static final String THREAD = "cairn-reach";

    private final Containers containers;
    private final Networks networks;
    private final NameTable names;
    private final Facts facts;

    public Trace(Containers containers, Networks networks, PublishedPorts ports, NameTable names) {
        this.containers = containers;
        this.networks = networks;
        this.names = names;
        this.facts = new Facts(containers, networks, ports);
    }

    /**
     * @param from a container
     * @param to a container, an address, {@code host}, or a network, which stands for its gateway
     * @param port of the other side, as in {@code 80} or {@code 53/udp}; empty if only the way matters
     * @throws EngineException NoSuchContainer, AmbiguousId, InvalidParameter
     */
    public TraceExplanation of(String from, String to, String port) {
        ContainerPort wanted = port.isEmpty() ? null : ContainerPort.parse(port);
        if (!port.isEmpty() && wanted == null) {
            throw new Problem.InvalidParameter("invalid port \"" + port + "\": name one as 80 or 53/udp").exception();
        }
        if (from.isEmpty() || to.isEmpty()) {
            throw new Problem.InvalidParameter("name a container, and whom it is to reach").exception();
        }
        Container start = containers.get(from);
        return KernelThread.call(THREAD, () -> {
            TraceFacts read = read(start, to, wanted);
            TraceAnalysis.Way way = TraceAnalysis.way(read);
            InetAddress address = way.address();
            ProbeExplanation probe =
                    address == null || !read.from().runs() ? null : Probe.send(read.from(), address, wanted);
            return TraceAnalysis.explain(read, to, way, probe);
        });
    }

    private TraceFacts read(Container start, String to, @Nullable ContainerPort port) {
        Party from = facts.party(start);
        Container end = facts.find(to);
        TraceFacts.Goal goal = end == null ? goal(to) : goal(end, null);
        Party other = goal instanceof TraceFacts.Goal.Container container ? container.party() : null;
        // Whoever names an address does not ask for a name.
        TraceFacts.Naming naming = other == null || end == null
                ? null
                : new TraceFacts.Naming(other.name(), served(from), names.addresses(from.owner(), other.name()));
        List<Listener> listeners = List.of();
        if (port != null) {
            listeners = switch (goal) {
                case TraceFacts.Goal.Container container -> facts.listeners(container.party());
                case TraceFacts.Goal.Host _ -> facts.hostListeners(port);
                case TraceFacts.Goal.Elsewhere _ -> List.of();
            };
        }
        List<PublishedPort> published =
                other == null ? List.of() : containers.get(other.id()).ports();
        return new TraceFacts(
                from,
                facts.inside(from),
                goal,
                port,
                naming,
                Inside.read(),
                other == null ? Inside.NOTHING : facts.inside(other),
                Forwarding.read(),
                Facts.filtered(),
                listeners,
                published);
    }

    /** One that uses the host's network is the host, as far as packets are concerned. */
    private TraceFacts.Goal goal(Container container, @Nullable InetAddress wanted) {
        Party party = facts.party(container);
        return party.runs() && party.namespace() == Party.Namespace.HOST
                ? new TraceFacts.Goal.Host(wanted)
                : new TraceFacts.Goal.Container(party, wanted);
    }

    private TraceFacts.Goal goal(String to) {
        if (to.equals(Networks.HOST)) {
            return new TraceFacts.Goal.Host(null);
        }
        InetAddress address = Subnet.literal(to);
        if (address == null) {
            address = gateway(to);
        }
        for (Container container : containers.all()) {
            Party party = facts.party(container);
            InetAddress wanted = address;
            if (party.places().stream().anyMatch(place -> wanted.equals(place.ipv4()) || wanted.equals(place.ipv6()))) {
                return goal(container, wanted);
            }
        }
        return Inside.read().has(address) ? new TraceFacts.Goal.Host(address) : new TraceFacts.Goal.Elsewhere(address);
    }

    private InetAddress gateway(String ref) {
        Network network;
        try {
            network = networks.get(ref);
        } catch (EngineException e) {
            if (e.problem() instanceof Problem.NoSuchNetwork) {
                throw new Problem.InvalidParameter(
                                "there is no container and no network called \"" + ref + "\", and it is no address")
                        .exception(e);
            }
            throw e;
        }
        return network.pools().stream()
                .map(Network.Pool::gateway)
                .filter(gateway -> gateway != null)
                .findFirst()
                .orElseThrow(() ->
                        new Problem.InvalidParameter("network " + network.name() + " has no gateway").exception());
    }

    private static boolean served(Party from) {
        return from.places().stream().anyMatch(place -> !place.network().name().equals(Networks.BRIDGE));
    }
}
