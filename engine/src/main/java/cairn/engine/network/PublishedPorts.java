package cairn.engine.network;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The published ports of all containers. Each is held by a process that outlives the daemon ({@link PortHolder}), and those that
 * packets from other hosts may want are in the firewall's maps as well ({@link FirewallTable}). Both are brought into agreement with the
 * containers' records when the daemon starts, and when the process is lost.
 */
public final class PublishedPorts implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PublishedPorts.class.getName());

    /** @param firewall that of the container's network; null where it does nothing for ports */
    private record Publication(
            Inet4Address target,
            List<PublishedPort> ports,
            @Nullable FirewallTable firewall) {}

    private final Networks networks;
    private final PortHolder holder;
    private final Map<String, Publication> publications = new LinkedHashMap<>();
    private boolean closed;

    /** @param program the binary of cairn-ports; @param socket its socket, in a directory of mode 0700 */
    public PublishedPorts(Networks networks, Path program, Path socket) {
        this.networks = networks;
        this.holder = new PortHolder(program, socket, this::reconcile);
    }

    /**
     * Publishes a container's ports, all or none.
     *
     * @param endpoint where the container is to be reached; with an IPv4 address
     */
    public synchronized List<PublishedPort> publish(String id, EndpointRecord endpoint, List<PortRequest> requests)
            throws PortRefused, IOException {
        List<PublishedPort> ports = holder.hold(id, inet4(endpoint.address()), requests);
        resume(id, endpoint, ports);
        return ports;
    }

    /** The container has ended. Of one that has none this costs nothing. */
    public synchronized void withdraw(String id) {
        Publication publication = publications.remove(id);
        if (publication == null) {
            return;
        }
        FirewallTable firewall = publication.firewall();
        if (firewall != null) {
            firewall.remove(id);
        }
        try {
            holder.drop(id);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "ports of container {0} stay held: {1}", id, e.getMessage());
        }
    }

    /** A container that was found running has these. */
    public synchronized void resume(String id, EndpointRecord endpoint, List<PublishedPort> ports) {
        if (!ports.isEmpty()) {
            FirewallTable firewall = networks.firewall(endpoint.networkId());
            publications.put(id, new Publication(inet4(endpoint.address()), ports, firewall));
            if (firewall != null) {
                firewall.add(id, endpoint.address(), ports);
            }
        }
    }

    /** What is held and what ought to be are made the same; called once all running containers are known. */
    public synchronized void reconcile() {
        if (closed) {
            return;
        }
        Set<String> held = holder.holders();
        for (String id : held) {
            if (!publications.containsKey(id)) {
                drop(id);
            }
        }
        publications.forEach((id, publication) -> {
            if (!held.contains(id)) {
                holdAgain(id, publication);
            }
        });
    }

    private void drop(String id) {
        try {
            holder.drop(id);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "ports of {0}, which does not run, stay held: {1}",
                    id,
                    e.getMessage());
        }
    }

    private void holdAgain(String id, Publication publication) {
        List<PortRequest> requests = publication.ports().stream()
                .map(port ->
                        new PortRequest(port.port(), List.of(port.hostAddress()), port.hostPort(), port.hostPort()))
                .toList();
        try {
            holder.hold(id, publication.target(), requests);
        } catch (PortRefused | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "ports of container {0} are no longer held: {1}", id, e.getMessage());
        }
    }

    /** The container that has a port on one of these addresses, or on all; null if it is none of ours. */
    public synchronized @Nullable String holderOf(PortRequest request) {
        for (Map.Entry<String, Publication> entry : publications.entrySet()) {
            for (PublishedPort port : entry.getValue().ports()) {
                if (port.port().transport() == request.port().transport()
                        && port.hostPort() >= request.low()
                        && port.hostPort() <= request.high()
                        && request.addresses().stream().anyMatch(address -> meets(address, port.hostAddress()))) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    private static boolean meets(InetAddress one, InetAddress other) {
        return one instanceof Inet4Address == other instanceof Inet4Address
                && (one.isAnyLocalAddress() || other.isAnyLocalAddress() || one.equals(other));
    }

    /** Whether a process is the one that holds this engine's ports, by its command line. */
    public boolean isHolder(List<String> command) {
        return holder.is(command);
    }

    /** Why ports go through user space alone; null while the firewall does its part. */
    public @Nullable String firewallFault() {
        return networks.firewallFault();
    }

    private static Inet4Address inet4(String address) {
        if (Subnet.literal(address) instanceof Inet4Address literal) {
            return literal;
        }
        throw new IllegalArgumentException("not an IPv4 address: " + address);
    }

    /** Leaves everything as it is. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        holder.close();
    }
}
