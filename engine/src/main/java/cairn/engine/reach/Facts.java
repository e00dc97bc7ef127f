package cairn.engine.reach;

import cairn.engine.container.Container;
import cairn.engine.container.Containers;
import cairn.engine.container.LifeState;
import cairn.engine.container.Membership;
import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.explain.FirewallRules;
import cairn.engine.name.NameService;
import cairn.engine.network.BridgeFacts;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.PublishedPorts;
import cairn.engine.network.Transport;
import cairn.linux.LinuxException;
import cairn.linux.NetworkNamespace;
import cairn.linux.ProcessInfo;
import cairn.linux.SocketOwners;
import cairn.linux.SocketTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what is to be known: records, the host's network, namespaces of containers, sockets and who has them. */
final class Facts {
    private static final String THREAD = "cairn-netns";
    private static final Path SYSTEM = Path.of("/proc/sys/net");
    private static final String SHARED = "container:";
    private static final String NAME_SERVICE = NameService.ADDRESS;
    /** Chains of containers that share each other's network end at once, as far as creates are checked. */
    private static final int MOST_SHARED = 8;

    private final Containers containers;
    private final Networks networks;
    private final PublishedPorts ports;

    Facts(Containers containers, Networks networks, PublishedPorts ports) {
        this.containers = containers;
        this.networks = networks;
        this.ports = ports;
    }

    /** Null if there is no such container. @throws EngineException AmbiguousId */
    @Nullable
    Container find(String ref) {
        try {
            return containers.get(ref);
        } catch (EngineException e) {
            if (e.problem() instanceof Problem.NoSuchContainer) {
                return null;
            }
            throw e;
        }
    }

    Party party(Container container) {
        Container owner = owner(container);
        LifeState.Running running = container.state() instanceof LifeState.Running state ? state : null;
        List<Place> places = new ArrayList<>();
        for (Membership membership : owner.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint != null && !(endpoint.address() + endpoint.address6()).isEmpty()) {
                places.add(place(endpoint));
            }
        }
        return new Party(
                container.name(),
                container.id(),
                owner.id(),
                container.state().status(),
                running == null ? 0 : running.pid(),
                running == null ? 0 : running.startTime(),
                namespace(owner.hostConfig().networkMode()),
                places);
    }

    /** Whose network a container has. */
    private Container owner(Container container) {
        Container owner = container;
        for (int i = 0; i < MOST_SHARED && owner.hostConfig().networkMode().startsWith(SHARED); i++) {
            Container next = find(owner.hostConfig().networkMode().substring(SHARED.length()));
            owner = next == null ? owner : next;
        }
        return owner;
    }

    private static Party.Namespace namespace(String mode) {
        return switch (mode) {
            case Networks.HOST -> Party.Namespace.HOST;
            case Networks.NONE -> Party.Namespace.NONE;
            default -> Party.Namespace.OWN;
        };
    }

    Place place(EndpointRecord endpoint) {
        Network network = networks.get(endpoint.networkId());
        BridgeFacts bridge = networks.bridgeFacts(network);
        return new Place(
                network,
                bridge,
                endpoint,
                bridge != null && isSet("/sys/class/net/" + endpoint.hostInterface() + "/brport/isolated"),
                bridge == null ? List.of() : FirewallRules.of(bridge.table()));
    }

    private static boolean isSet(String file) {
        return isSet(Path.of(file));
    }

    static boolean isSet(Path file) {
        try {
            return Files.readString(file).strip().equals("1");
        } catch (IOException e) {
            return false; // A kernel without it.
        }
    }

    /** Whether what stays on a bridge passes the chains for what is forwarded. */
    static boolean filtered() {
        return isSet(SYSTEM.resolve("bridge/bridge-nf-call-iptables"));
    }

    Inside inside(Party party) {
        if (!party.runs()) {
            return Inside.NOTHING;
        }
        try {
            return NetworkNamespace.call(THREAD, party.pid(), party.startTime(), Inside::read);
        } catch (LinuxException e) {
            return Inside.NOTHING; // It has just ended.
        }
    }

    // ---- sockets

    /** What waits in a container's network namespace, without the name service's own sockets. */
    List<Listener> listeners(Party party) {
        if (!party.runs()) {
            return List.of();
        }
        List<Integer> pids = new ArrayList<>(containers.processes(party.id()));
        return listeners(
                pids,
                protocol -> SocketTable.of(party.pid(), protocol),
                socket -> !NAME_SERVICE.equals(socket.address().getHostAddress()),
                party.name());
    }

    /** The host's at a port. */
    List<Listener> hostListeners(ContainerPort port) {
        return listeners(List.of(), SocketTable::own, socket -> socket.port() == port.number(), "").stream()
                .filter(socket -> socket.port().equals(port))
                .toList();
    }

    /** Tables of sockets. */
    private interface Tables {
        List<SocketTable.Entry> of(String protocol);
    }

    private List<Listener> listeners(
            List<Integer> likely, Tables tables, Predicate<SocketTable.Entry> wanted, String container) {
        Map<Transport, List<SocketTable.Entry>> found = new HashMap<>();
        for (Transport transport : List.of(Transport.TCP, Transport.UDP)) {
            found.put(
                    transport,
                    tables.of(transport.toString()).stream()
                            .filter(SocketTable.Entry::waiting)
                            .filter(entry -> entry.port() != 0)
                            .filter(wanted)
                            .toList());
        }
        Set<Long> inodes = found.values().stream()
                .flatMap(List::stream)
                .map(SocketTable.Entry::inode)
                .collect(Collectors.toSet());
        Map<Long, ProcessInfo> owners = new HashMap<>(SocketOwners.among(likely, inodes));
        Set<Long> mine = Set.copyOf(owners.keySet());
        Set<Long> rest =
                inodes.stream().filter(inode -> !owners.containsKey(inode)).collect(Collectors.toSet());
        if (!rest.isEmpty()) {
            // Of another container in the same namespace, or of somebody who is in none.
            owners.putAll(SocketOwners.among(SocketOwners.everybody(), rest));
        }
        List<Listener> listeners = new ArrayList<>();
        for (Transport transport : List.of(Transport.TCP, Transport.UDP)) {
            for (SocketTable.Entry entry : found.getOrDefault(transport, List.of())) {
                ProcessInfo owner = owners.get(entry.inode());
                listeners.add(new Listener(
                        entry.address(),
                        new ContainerPort(entry.port(), transport),
                        owner == null ? 0 : owner.pid(),
                        owner == null ? List.of() : owner.command(),
                        owner == null || mine.contains(entry.inode()) ? container : containerOf(owner.pid()),
                        owner != null && ports.isHolder(owner.command())));
            }
        }
        return listeners;
    }

    /** Name of the container that a process is in; empty if it is in none. */
    private String containerOf(int pid) {
        for (Container container : containers.all()) {
            if (container.running() && containers.processes(container.id()).contains(pid)) {
                return container.name();
            }
        }
        return "";
    }
}
