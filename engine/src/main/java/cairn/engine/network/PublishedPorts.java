package cairn.engine.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private record Publication(PortTargets targets, List<PublishedPort> ports) {
        /** Whether a port of the host has to be held for it. */
        boolean held() {
            return ports.stream().anyMatch(port -> !port.routed());
        }
    }

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
     * @param requests that are to be held; @param routed those that are open at the container's own address
     */
    public synchronized List<PublishedPort> publish(
            String id, PortTargets targets, List<PortRequest> requests, List<PublishedPort> routed)
            throws PortRefused, IOException {
        List<PublishedPort> ports = new ArrayList<>();
        if (!requests.isEmpty()) {
            ports.addAll(holder.hold(id, targets, requests));
        }
        ports.addAll(routed);
        resume(id, targets, ports);
        StaleFlows.published(ports);
        return ports;
    }

    /** The container has ended. Of one that has none this costs nothing. */
    public synchronized void withdraw(String id) {
        Publication publication = publications.remove(id);
        if (publication == null) {
            return;
        }
        tables(publication.targets()).keySet().forEach(table -> table.remove(id));
        if (publication.held()) {
            try {
                holder.drop(id);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "ports of container {0} stay held: {1}", id, e.getMessage());
            }
        }
        StaleFlows.withdrawn(publication.targets(), publication.ports());
    }

    /** A container that was found running has these. */
    public synchronized void resume(String id, PortTargets targets, List<PublishedPort> ports) {
        if (!ports.isEmpty()) {
            publications.put(id, new Publication(targets, ports));
            tables(targets).forEach((table, families) -> {
                List<PortElement> elements = new ArrayList<>();
                families.forEach(v6 -> elements.addAll(PortElement.of(v6, targets, ports)));
                table.add(id, elements);
            });
        }
    }

    /** The firewall's tables of a container's ways out, and the families that each has of them: false for IPv4, true for IPv6. */
    private Map<FirewallTable, List<Boolean>> tables(PortTargets targets) {
        Map<FirewallTable, List<Boolean>> tables = new LinkedHashMap<>();
        for (boolean v6 : new boolean[] {false, true}) {
            EndpointRecord endpoint = v6 ? targets.ipv6() : targets.ipv4();
            FirewallTable table = endpoint == null ? null : networks.firewall(endpoint.networkId());
            if (table != null) {
                tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(v6);
            }
        }
        return tables;
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
            if (publication.held() && !held.contains(id)) {
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
                .filter(port -> !port.routed())
                .map(port ->
                        new PortRequest(port.port(), List.of(port.hostAddress()), port.hostPort(), port.hostPort()))
                .toList();
        try {
            holder.hold(id, publication.targets(), requests);
        } catch (PortRefused | IOException e) {
            LOG.log(System.Logger.Level.WARNING, "ports of container {0} are no longer held: {1}", id, e.getMessage());
        }
    }

    /** The container that has a port on one of these addresses, or on all; null if it is none of ours. */
    public synchronized @Nullable String holderOf(PortRequest request) {
        for (Map.Entry<String, Publication> entry : publications.entrySet()) {
            for (PublishedPort port : entry.getValue().ports()) {
                if (!port.routed()
                        && port.port().transport() == request.port().transport()
                        && port.hostPort() >= request.low()
                        && port.hostPort() <= request.high()
                        && request.addresses().stream()
                                .anyMatch(address -> PortRequest.meet(address, port.hostAddress()))) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    /** Whether a process is the one that holds this engine's ports, by its command line. */
    public boolean isHolder(List<String> command) {
        return holder.is(command);
    }

    /** Why ports go through user space alone; null while the firewall does its part. */
    public @Nullable String firewallFault() {
        return networks.firewallFault();
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
