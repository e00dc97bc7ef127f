package cairn.engine.container;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.network.Endpoint;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.RunningNamespace;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.EndpointSettingsBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Connects containers to networks and disconnects them: at once where they run, and else for their next start. */
public final class Connections {
    private static final System.Logger LOG = System.getLogger(Connections.class.getName());

    private final Roster roster;
    private final Networks networks;
    private final ContainerNetworks places;
    private final ContainerNames names;
    private final ContainerPorts ports;
    private final EtcWriter etc;
    private final ContainerRecords records;

    Connections(
            Roster roster,
            Networks networks,
            ContainerNetworks places,
            ContainerNames names,
            ContainerPorts ports,
            EtcWriter etc,
            ContainerRecords records) {
        this.roster = roster;
        this.networks = networks;
        this.places = places;
        this.names = names;
        this.ports = ports;
        this.etc = etc;
        this.records = records;
    }

    /** @param asked addresses, aliases and so on; null for none */
    public void connect(String networkRef, String containerRef, @Nullable EndpointSettings asked) {
        Live live = roster.find(containerRef);
        Network network = networks.get(networkRef);
        EndpointSettings settings = Memberships.checked(
                network.name(),
                asked == null ? EndpointSettingsBuilder.builder().build() : asked);
        live.lock.lock();
        try {
            refuseRemoved(live);
            Container container = live.container;
            NetworkMode mode = NetworkMode.of(container.hostConfig());
            if (mode instanceof NetworkMode.Shared) {
                throw invalid("container sharing network namespace with another container or host cannot be connected"
                        + " to any other network");
            }
            if (network.driver() == Network.Driver.HOST && !(mode instanceof NetworkMode.Host)) {
                throw invalid("cannot connect container to host network - container must be created in host network"
                        + " mode");
            }
            for (Membership membership : container.networks()) {
                if (membership.network().equals(network.name())) {
                    if (!container.running()) {
                        return;
                    }
                    throw new Problem.Forbidden("endpoint with name " + container.name() + " already exists in network "
                                    + network.name())
                            .exception();
                }
                Memberships.checkTogether(membership.network(), network.name());
            }
            Membership membership = new Membership(network.name(), settings, null);
            List<Membership> more = new ArrayList<>(container.networks());
            more.add(membership);
            Set<String> _ = Memberships.interfaceNames(more);
            if (container.state() instanceof LifeState.Running running) {
                connectLocked(live, membership, namespace(running));
            } else {
                changeLocked(live, more);
            }
        } finally {
            live.lock.unlock();
        }
    }

    private static RunningNamespace namespace(LifeState.Running running) {
        return new RunningNamespace(running.pid(), running.startTime());
    }

    private static void refuseRemoved(Live live) {
        if (live.removing || live.removed) {
            throw new Problem.Conflict("container " + live.container.id()
                            + " is marked for removal and cannot be connected or disconnected to the network")
                    .exception();
        }
    }

    private static EngineException invalid(String text) {
        return new Problem.InvalidParameter(text).exception();
    }

    private void changeLocked(Live live, List<Membership> memberships) {
        live.container = live.container.connected(memberships, live.container.ports());
        records.save(live.container, live.files);
    }

    private void connectLocked(Live live, Membership membership, RunningNamespace namespace) {
        Container before = live.container;
        RunningNamespace.Free free = namespace.free(networks.interfacePrefix(membership.network()));
        Endpoint endpoint = places.attach(before, membership, free.number(), free.index());
        List<Membership> after = new ArrayList<>(before.networks());
        after.add(membership.placed(endpoint.endpoint()));
        try {
            begin(live, membership);
            // On record first: whoever comes after a kill makes what is missing.
            changeLocked(live, after);
            namespace.connect(endpoint);
            followLocked(live, before, namespace);
            end(live);
        } catch (IOException | RuntimeException e) {
            takeBack(endpoint.endpoint(), namespace);
            live.container = before;
            records.save(before, live.files);
            places.release(after.getLast());
            throw e instanceof RuntimeException fault
                    ? fault
                    : new Problem.Internal("connect: " + e.getMessage()).exception(e);
        }
        places.tell(before.id(), List.of(after.getLast()), "connect");
    }

    private void takeBack(EndpointRecord endpoint, RunningNamespace namespace) {
        try {
            networks.unwire(endpoint);
            namespace.disconnect(endpoint);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "take back a link: {0}", e.getMessage());
        }
    }

    /** Tells a later daemon that a link may be half made, and that the way out and what follows from it may not be what the record says. */
    private static void begin(Live live, Membership membership) {
        try {
            Files.writeString(live.files.connecting(), membership.network());
        } catch (IOException e) {
            throw new Problem.Internal("change networks: " + e.getMessage()).exception(e);
        }
    }

    private static void end(Live live) throws IOException {
        Files.deleteIfExists(live.files.connecting());
    }

    /** What depends on all networks together: the way out, the published ports, and the names in the hosts file. */
    private void followLocked(Live live, Container before, RunningNamespace namespace) throws IOException {
        Container now = live.container;
        if (!Objects.equals(before.wayOut(false), now.wayOut(false))
                || !Objects.equals(before.wayOut(true), now.wayOut(true))) {
            outwardLocked(live, namespace);
        }
        etc.hosts(live, links(live.container));
        if (now.state() instanceof LifeState.Running running) {
            names.serve(live, running.pid(), running.startTime());
        }
        etc.nameServer(live);
    }

    /** The network whose connecting or disconnecting was interrupted by a kill; null if none was. */
    private static @Nullable String interrupted(Live live) throws IOException {
        Path file = live.files.connecting();
        return Files.exists(file) ? Files.readString(file) : null;
    }

    private void outwardLocked(Live live, RunningNamespace namespace) throws IOException {
        Container now = live.container;
        namespace.outward(now.wayOut(false), now.wayOut(true));
        // They keep their numbers.
        ports.withdraw(now.id());
        live.container = now.connected(now.networks(), ports.publishAgain(now));
        records.save(live.container, live.files);
    }

    /**
     * After a kill: makes what records say and is not there, and takes away what no record knows. Called once those that run are taken
     * up, and before the first request.
     */
    void agree() {
        Set<String> there = networks.hostLinks();
        for (Live live : roster.lives()) {
            live.lock.lock();
            try {
                if (live.container.state() instanceof LifeState.Running running) {
                    agreeLocked(live, namespace(running), there);
                }
            } catch (IOException | RuntimeException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "networks of container {0}: {1}",
                        live.container.name(),
                        e.getMessage());
            } finally {
                live.lock.unlock();
            }
        }
        networks.sweepLinks();
    }

    private void agreeLocked(Live live, RunningNamespace namespace, Set<String> there) throws IOException {
        Container container = live.container;
        boolean own = NetworkMode.of(container.hostConfig()).own();
        String interrupted = interrupted(live);
        boolean changed = interrupted != null;
        for (Membership membership : container.networks()) {
            EndpointRecord endpoint = membership.endpoint();
            if (endpoint == null || !own) {
                continue;
            }
            boolean begun = membership.network().equals(interrupted);
            if (begun) {
                // Its link may be there, and lack its addresses.
                takeBack(endpoint, namespace);
            }
            if (begun || networks.linked(endpoint, there) && !namespace.has(endpoint)) {
                RunningNamespace.Free free = namespace.free(networks.interfacePrefix(membership.network()));
                namespace.connect(
                        networks.wire(endpoint, free.number(), free.index(), Memberships.options(membership)));
                changed = true;
            }
        }
        if (changed) {
            outwardLocked(live, namespace);
            etc.hosts(live, links(live.container));
        }
        etc.nameServer(live);
        if (interrupted != null) {
            end(live);
        }
    }

    private Links links(Container container) {
        try {
            return Links.of(container, ref -> roster.find(ref).container);
        } catch (EngineException e) {
            return Links.NONE; // What it was linked to does not run any more.
        }
    }

    /** @param force whether the network may be gone already */
    public void disconnect(String networkRef, String containerRef, boolean force) {
        Live live = roster.find(containerRef);
        String name;
        try {
            name = networks.get(networkRef).name();
        } catch (EngineException e) {
            if (!force || !(e.problem() instanceof Problem.NoSuchNetwork)) {
                throw e;
            }
            name = networkRef;
        }
        live.lock.lock();
        try {
            refuseRemoved(live);
            Container container = live.container;
            if (name.equals(Networks.HOST) && NetworkMode.of(container.hostConfig()) instanceof NetworkMode.Host) {
                throw invalid("cannot disconnect container from host network - container was created in host network"
                        + " mode");
            }
            Membership membership = null;
            List<Membership> rest = new ArrayList<>();
            for (Membership one : container.networks()) {
                if (one.network().equals(name)) {
                    membership = one;
                } else {
                    rest.add(one);
                }
            }
            if (membership == null) {
                throw new Problem.Internal("container " + container.id() + " is not connected to "
                                + (container.running() ? "" : "the ") + "network " + name)
                        .exception();
            }
            if (container.state() instanceof LifeState.Running running && membership.endpoint() != null) {
                disconnectLocked(live, membership, rest, namespace(running));
            } else {
                changeLocked(live, rest);
            }
        } finally {
            live.lock.unlock();
        }
    }

    private void disconnectLocked(Live live, Membership membership, List<Membership> rest, RunningNamespace namespace) {
        Container before = live.container;
        EndpointRecord endpoint = Objects.requireNonNull(membership.endpoint());
        begin(live, membership);
        // On record first: whoever comes after a kill takes away what is too much.
        changeLocked(live, rest);
        try {
            networks.unwire(endpoint);
            namespace.disconnect(endpoint);
            followLocked(live, before, namespace);
            end(live);
        } catch (IOException e) {
            throw new Problem.Internal("disconnect: " + e.getMessage()).exception(e);
        } finally {
            places.release(membership);
        }
        places.tell(before.id(), List.of(membership), "disconnect");
    }
}
