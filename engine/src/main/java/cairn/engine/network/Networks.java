package cairn.engine.network;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.engine.event.Events;
import cairn.engine.store.DataRoot;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import cairn.linux.Nftables;
import cairn.linux.RouteMessages;
import cairn.wire.network.CreateNetworkRequest;
import cairn.wire.network.NetworkContainer;
import cairn.wire.network.NetworkInspect;
import cairn.wire.network.NetworkInspectBuilder;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * All networks: their records, addresses, links on the host, and who is on them. A reference is a name, a full id or a unique prefix of one.
 * Whoever is connected keeps the network from being removed.
 */
public final class Networks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Networks.class.getName());
    private static final int ID_DIGITS = 64;
    private static final Pattern HOST_END = Pattern.compile("veth[0-9a-f]{11}");

    /** What EXFULL means where a link is to be a bridge's port. */
    public static final String FULL = "the network's bridges have no port left; make a further network";

    public static final String BRIDGE = "bridge";
    public static final String HOST = "host";
    public static final String NONE = "none";

    private final BridgeSettings settings;
    private final NetworkRecords records;
    private final AddressSpace space;
    private final Nftables nftables = new Nftables();
    private final FirewallGuard guard = new FirewallGuard();
    private final FirewallTable defaultFirewall;
    private final DefaultNetwork standard;
    private final Events events;
    private final Clock clock;
    private final RandomGenerator random;
    private final Instant openedAt;
    private final Map<String, LiveNetwork> byId = new ConcurrentHashMap<>();
    private final Map<String, String> idByName = new ConcurrentHashMap<>();

    /**
     * @param predefined ids of the networks that always exist, by name
     * @param local6 this engine's own range of local IPv6 addresses, a /48
     */
    public Networks(
            BridgeSettings settings,
            DataRoot root,
            Map<String, String> predefined,
            Subnet local6,
            Events events,
            Clock clock,
            RandomGenerator random) {
        this.settings = settings;
        this.records = new NetworkRecords(root);
        this.space = new AddressSpace(settings.pools(), local6);
        this.defaultFirewall = new FirewallTable(settings.name(), settings.firewall(), nftables);
        this.events = events;
        this.clock = clock;
        this.random = random;
        this.openedAt = clock.instant();
        this.standard = new DefaultNetwork(settings, space, defaultFirewall, guard, random, openedAt);
        predefined.forEach((name, id) -> {
            if (!name.equals(BRIDGE) || enabled()) {
                LiveNetwork entry = new LiveNetwork(id);
                if (!name.equals(BRIDGE)) {
                    entry.network = predefined(id, name, name.equals(HOST) ? Network.Driver.HOST : Network.Driver.NULL);
                }
                add(entry, name);
            }
        });
        records.load().forEach(this::load);
    }

    private void load(Network network) {
        if (idByName.containsKey(network.name())) {
            LOG.log(System.Logger.Level.ERROR, "there are two networks called {0}", network.name());
            return;
        }
        LiveNetwork entry = new LiveNetwork(network.id());
        try {
            entry.pools(network);
            entry.driver = driver(network);
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.ERROR, "network {0}: {1}", network.name(), e.getMessage());
        }
        add(entry, network.name());
    }

    private void add(LiveNetwork entry, String name) {
        byId.put(entry.id, entry);
        idByName.put(name, entry.id);
    }

    /** Whether there is a default bridge network. */
    public boolean enabled() {
        return !settings.name().equals(BridgeSettings.OFF);
    }

    private Network predefined(String id, String name, Network.Driver driver) {
        return new Network(
                id, name, openedAt, driver, true, false, List.of(), false, false, false, "", Map.of(), Map.of(),
                Map.of(), true);
    }

    // ---- the default bridge network

    /** It has no record: its addresses follow from its bridge, while that is there. */
    private Network defaultNetwork(LiveNetwork entry) {
        Network known = entry.network;
        if (known != null) {
            return known;
        }
        // Nobody else may take the range meanwhile.
        synchronized (this) {
            synchronized (entry) {
                known = entry.network;
                if (known != null) {
                    return known;
                }
                DefaultNetwork.Made made = standard.make(entry.id, this::taken);
                entry.driver = made.bridge();
                entry.pools(made.network());
                return made.network();
            }
        }
    }

    private Map<Subnet, String> taken(Netlink netlink) {
        Map<Subnet, String> taken = new LinkedHashMap<>();
        for (LiveNetwork entry : byId.values()) {
            Network network = entry.network;
            if (network != null && !network.configOnly()) {
                network.pools().forEach(pool -> taken.put(pool.subnet(), "network " + network.name()));
            }
        }
        AddressSpace.routed(netlink).forEach(taken::putIfAbsent);
        return taken;
    }

    // ---- finding

    /** @throws EngineException NoSuchNetwork, InvalidParameter for an ambiguous prefix */
    public Network get(String ref) {
        return network(find(ref));
    }

    private Network network(LiveNetwork entry) {
        Network network = entry.network;
        return network == null ? defaultNetwork(entry) : network;
    }

    private LiveNetwork find(String ref) {
        LiveNetwork exact = byId.get(ref);
        if (exact == null) {
            String named = idByName.get(ref);
            exact = named == null ? null : byId.get(named);
        }
        if (exact != null) {
            return exact;
        }
        List<LiveNetwork> matching = new ArrayList<>();
        if (!ref.isEmpty() && ref.length() < ID_DIGITS) {
            for (LiveNetwork entry : byId.values()) {
                if (entry.id.startsWith(ref)) {
                    matching.add(entry);
                }
            }
        }
        if (matching.size() > 1) {
            throw new Problem.InvalidParameter("network " + ref + " is ambiguous (" + matching.size()
                            + " matches found based on ID prefix)")
                    .exception();
        }
        if (matching.isEmpty()) {
            throw new Problem.NoSuchNetwork(ref).exception();
        }
        return matching.getFirst();
    }

    /** The predefined ones first, the others as they were made. */
    public List<Network> all() {
        List<Network> all = new ArrayList<>();
        for (LiveNetwork entry : byId.values()) {
            all.add(network(entry));
        }
        all.sort(Comparator.comparing((Network network) -> !network.predefined())
                .thenComparing(network -> network.predefined() ? Instant.EPOCH : network.created())
                .thenComparing(Network::name));
        return all;
    }

    public List<NetworkInspect> list(NetworkFilter filter) {
        List<NetworkInspect> rows = new ArrayList<>();
        for (Network network : all()) {
            if (filter.matches(network, !members(network.id()).isEmpty())) {
                rows.add(NetworkRecords.view(network));
            }
        }
        return rows;
    }

    /** With the containers that are on it. */
    public NetworkInspect inspect(String ref) {
        Network network = get(ref);
        Map<String, NetworkContainer> containers = new LinkedHashMap<>();
        for (Member member : members(network.id())) {
            EndpointRecord endpoint = member.endpoint();
            containers.put(
                    member.containerId(),
                    new NetworkContainer(
                            member.containerName(),
                            endpoint.endpointId(),
                            endpoint.macAddress(),
                            cidr(endpoint.address(), endpoint.prefix()),
                            cidr(endpoint.address6(), endpoint.prefix6())));
        }
        return NetworkInspectBuilder.builder(NetworkRecords.view(network))
                .containers(containers)
                .build();
    }

    private static String cidr(String address, int prefix) {
        return address.isEmpty() ? "" : address + "/" + prefix;
    }

    /** Who is on a network at this moment; empty if there is no such network. @param id in full */
    public List<Member> members(String id) {
        LiveNetwork entry = byId.get(id);
        return entry == null ? List.of() : entry.members();
    }

    // ---- making and removing

    public synchronized Network create(CreateNetworkRequest request) {
        String name = request.name();
        if (name.equals(BRIDGE) || name.equals(HOST) || name.equals(NONE) || name.equals("default")) {
            throw new Problem.ForbiddenNetwork(name, "create").exception();
        }
        if (name.isBlank()) {
            throw new Problem.InvalidParameter("invalid name: name is empty").exception();
        }
        if (idByName.containsKey(name)) {
            throw new Problem.NetworkNameInUse(name).exception();
        }
        Network network = NewNetwork.of(newId(), clock.instant(), request, this::choose, this::named);
        checkFree(network);
        LiveNetwork entry = new LiveNetwork(network.id());
        entry.pools(network);
        Driver driver = driver(network);
        entry.driver = driver;
        // On record first: what a kill leaves of it then belongs to a network that is known.
        records.save(network);
        try {
            if (driver != null) {
                driver.ensure();
            }
        } catch (RuntimeException e) {
            undo(network, driver);
            throw e;
        }
        add(entry, name);
        tell(network, "create", Map.of());
        return network;
    }

    private void undo(Network network, @Nullable Driver driver) {
        try {
            if (driver != null) {
                driver.remove();
            }
            records.delete(network.id());
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "leftovers of network {0}: {1}", network.name(), e.getMessage());
        }
    }

    private String newId() {
        byte[] bytes = new byte[ID_DIGITS / 2];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private @Nullable Network named(String name) {
        String id = idByName.get(name);
        LiveNetwork entry = id == null ? null : byId.get(id);
        return entry == null ? null : entry.network;
    }

    private Subnet choose(boolean v6) {
        try (Netlink netlink = Netlink.open()) {
            return space.choose(v6, taken(netlink));
        }
    }

    /** Neither its ranges nor its bridge may be another network's. */
    private void checkFree(Network network) {
        if (network.configOnly()) {
            return;
        }
        for (LiveNetwork entry : byId.values()) {
            Network other = entry.network;
            if (other == null || other.configOnly()) {
                continue;
            }
            for (Network.Pool mine : network.pools()) {
                for (Network.Pool theirs : other.pools()) {
                    if (mine.subnet().overlaps(theirs.subnet())) {
                        throw new Problem.Forbidden("invalid pool request: Pool overlaps with other one on this address"
                                        + " space: " + mine.subnet() + " with " + theirs.subnet() + " of network "
                                        + other.name())
                                .exception();
                    }
                }
            }
            if (network.driver() == Network.Driver.BRIDGE
                    && other.driver() == Network.Driver.BRIDGE
                    && bridgeName(network).equals(bridgeName(other))) {
                throw new Problem.Forbidden("cannot create network " + network.id() + " (" + bridgeName(network)
                                + "): conflicts with network " + other.id() + " (" + bridgeName(other)
                                + "): networks have same bridge name")
                        .exception();
            }
        }
    }

    /** Of the bridge behind a network of that driver. */
    public static String bridgeName(Network network) {
        String given = network.options().getOrDefault(BridgeOptions.NAME, "");
        return given.isEmpty() ? "br-" + network.id().substring(0, 12) : given;
    }

    /** The interface of this machine that a network hangs on; empty where there is none. */
    public String hostLink(Network network) {
        LiveNetwork entry = byId.get(network.id());
        return switch (entry == null ? null : entry.driver) {
            case Bridge bridge -> bridge.plan().name();
            case ParentLink parent -> parent.parent();
            case null -> "";
        };
    }

    /** Null if no bridge of ours is behind the network. */
    public @Nullable BridgeFacts bridgeFacts(Network network) {
        LiveNetwork entry = byId.get(network.id());
        return entry != null && entry.driver instanceof Bridge bridge ? bridge.facts() : null;
    }

    private @Nullable Driver driver(Network network) {
        if (network.configOnly()) {
            return null;
        }
        return switch (network.driver()) {
            case BRIDGE -> bridge(network);
            case MACVLAN, IPVLAN -> new ParentLink(network);
            case HOST, NULL -> null;
        };
    }

    private Bridge bridge(Network network) {
        BridgeOptions options = BridgeOptions.of(network.options());
        String name = bridgeName(network);
        return new Bridge(
                new Bridge.Plan(
                        network.id(),
                        name,
                        options.bridge() == null,
                        family(network.pool(false), options),
                        family(network.pool(true), options),
                        options.mtu() == 0 ? settings.mtu() : options.mtu(),
                        network.internal(),
                        options.icc(),
                        options.trusted(),
                        settings.forward()),
                new FirewallTable(name, settings.firewall(), nftables),
                guard,
                random);
    }

    private @Nullable BridgeFamily family(Network.@Nullable Pool pool, BridgeOptions options) {
        if (pool == null) {
            return null;
        }
        boolean v6 = pool.subnet().v6();
        GatewayMode mode = options.mode(v6);
        return new BridgeFamily(
                pool.subnet(),
                pool.gateway(),
                options.addressed(v6),
                mode,
                settings.masquerade() && options.masquerade() && mode != GatewayMode.ROUTED);
    }

    /** @throws EngineException NoSuchNetwork, ForbiddenNetwork for a predefined one, NetworkInUse */
    public synchronized void remove(String ref) {
        LiveNetwork entry = find(ref);
        Network network = network(entry);
        if (network.predefined()) {
            throw new Problem.ForbiddenNetwork(network.name(), "remove").exception();
        }
        if (network.configOnly()) {
            for (LiveNetwork other : byId.values()) {
                Network user = other.network;
                if (user != null && user.configFrom().equals(network.name())) {
                    throw new Problem.Forbidden("configuration network \"" + network.name() + "\" is in use")
                            .exception();
                }
            }
        }
        remove(entry, network);
        tell(network, "destroy", Map.of());
    }

    /** The record last: a kill before that leaves a network, whose links the next start makes again. */
    private void remove(LiveNetwork entry, Network network) {
        synchronized (entry) {
            if (!entry.members.isEmpty()) {
                throw new Problem.NetworkInUse(
                                network.name(),
                                entry.members.values().stream()
                                        .map(member -> "name:\"" + member.containerName() + "\" id:\""
                                                + member.endpoint().endpointId().substring(0, 12) + "\"")
                                        .toList())
                        .exception();
            }
            Driver driver = entry.driver;
            if (driver != null) {
                driver.remove();
            }
            try {
                records.delete(entry.id);
            } catch (IOException e) {
                throw new Problem.Internal("remove network " + network.name() + ": " + e.getMessage()).exception(e);
            }
            entry.removed = true;
        }
        idByName.remove(network.name(), entry.id);
        byId.remove(entry.id);
    }

    /** Removes those that nobody is on. @return their names */
    public List<String> prune(Predicate<Network> wanted) {
        List<String> removed = new ArrayList<>();
        for (Network network : all()) {
            if (!network.predefined() && !network.configOnly() && wanted.test(network)) {
                try {
                    remove(network.id());
                    removed.add(network.name());
                } catch (EngineException e) {
                    if (!(e.problem() instanceof Problem.NetworkInUse
                            || e.problem() instanceof Problem.NoSuchNetwork)) {
                        throw e;
                    }
                }
            }
        }
        return removed;
    }

    private void tell(Network network, String action, Map<String, String> more) {
        Map<String, String> attributes = new LinkedHashMap<>(more);
        attributes.put("name", network.name());
        attributes.put("type", network.driver().toString());
        events.publish("network", action, network.id(), attributes);
    }

    // ---- containers

    /**
     * Takes addresses for a container and writes down how it gets onto the network.
     *
     * @param number in the name of the interface, unless another name is asked for
     * @param index that it gets in the container's namespace
     * @throws EngineException NoSuchNetwork, AddressTaken, NoFreeAddress, InvalidParameter
     */
    public Endpoint attach(String ref, EndpointRequest request, int number, int index) {
        LiveNetwork entry = find(ref);
        Network network = network(entry);
        if (network.configOnly()) {
            throw new Problem.Forbidden("cannot create endpoint on configuration-only network").exception();
        }
        EndpointRecord endpoint = entry.join(network, request, random);
        Driver driver = entry.driver;
        if (driver == null) {
            return new Endpoint(endpoint, List.of(), List.of(), List.of(), List.of());
        }
        try {
            return driver.wire(
                    endpoint, request.options().name(entry.interfacePrefix, number), index, request.options());
        } catch (RuntimeException e) {
            release(endpoint);
            throw e;
        }
    }

    /** What the names of interfaces in containers begin with. */
    public String interfacePrefix(String ref) {
        return find(ref).interfacePrefix;
    }

    /** A container that was found running keeps its place. */
    public void resume(Member member) {
        EndpointRecord endpoint = member.endpoint();
        LiveNetwork entry = byId.get(endpoint.networkId());
        if (entry == null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "container {0} is on network {1}, which is gone",
                    member.containerName(),
                    endpoint.networkId());
            return;
        }
        Network _ = network(entry);
        entry.resume(member);
    }

    /** Its link goes with the network namespace: deleting it by hand would wait for a grace period. */
    public void release(EndpointRecord endpoint) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        if (entry != null) {
            entry.release(endpoint);
            Driver driver = entry.driver;
            if (driver != null) {
                driver.forget(endpoint);
            }
        }
    }

    /** How a container gets onto a network where it has its place already. */
    public Endpoint wire(EndpointRecord endpoint, int number, int index, InterfaceOptions options) {
        LiveNetwork entry = find(endpoint.networkId());
        Network _ = network(entry);
        Driver driver = entry.driver;
        return driver == null
                ? new Endpoint(endpoint, List.of(), List.of(), List.of(), List.of())
                : driver.wire(endpoint, options.name(entry.interfacePrefix, number), index, options);
    }

    /** Names of this host's interfaces. */
    public Set<String> hostLinks() {
        Set<String> names = new HashSet<>();
        try (Netlink netlink = Netlink.open()) {
            netlink.links().forEach(link -> names.add(link.name()));
        }
        return names;
    }

    /** Whether a container may lack the link of this endpoint: it has one, and no end of it is among these of the host. */
    public boolean linked(EndpointRecord endpoint, Set<String> hostLinks) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        return entry != null && entry.driver != null && !hostLinks.contains(endpoint.hostInterface());
    }

    /**
     * Takes away ports of our bridges that nobody is behind, after a kill between a record and its link, and plugs in those that somebody is
     * behind and whose bridge was taken away from them.
     */
    public void sweepLinks() {
        Map<String, EndpointRecord> known = new HashMap<>();
        for (LiveNetwork entry : byId.values()) {
            for (Member member : entry.members()) {
                known.put(member.endpoint().hostInterface(), member.endpoint());
            }
        }
        try (Netlink netlink = Netlink.open()) {
            List<Netlink.Link> links = netlink.links();
            Set<Integer> bridges = new HashSet<>();
            for (Netlink.Link link : links) {
                if (link.kind().equals("bridge") && isOurs(link.name())) {
                    bridges.add(link.index());
                }
            }
            for (Netlink.Link link : links) {
                EndpointRecord endpoint = known.get(link.name());
                if (endpoint == null
                        && bridges.contains(link.master())
                        && HOST_END.matcher(link.name()).matches()) {
                    netlink.send(RouteMessages.deleteLink(link.name()));
                } else if (endpoint != null && link.master() == 0) {
                    plug(netlink, endpoint);
                }
            }
        } catch (EngineException | LinuxException e) {
            LOG.log(System.Logger.Level.WARNING, "leftover links: {0}", e.getMessage());
        }
    }

    private boolean isOurs(String bridge) {
        return byId.values().stream().anyMatch(entry -> entry.driver instanceof Bridge driver && driver.has(bridge));
    }

    private void plug(Netlink netlink, EndpointRecord endpoint) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        if (entry != null && entry.driver instanceof Bridge bridge) {
            bridge.plug(netlink, endpoint);
        }
    }

    /** Takes away the link of a container that goes on running. */
    public void unwire(EndpointRecord endpoint) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        Driver driver = entry == null ? null : entry.driver;
        if (driver != null) {
            driver.unwire(endpoint);
        }
    }

    /** The container has another name now. */
    public void rename(EndpointRecord endpoint, String containerName, List<String> names) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        if (entry != null) {
            entry.rename(endpoint, containerName, names);
        }
    }

    /** Of a container's events with a network: connect, disconnect. */
    public void tell(EndpointRecord endpoint, String action, String containerId) {
        LiveNetwork entry = byId.get(endpoint.networkId());
        if (entry != null) {
            tell(network(entry), action, Map.of("container", containerId));
        }
    }

    /** How ports of containers are published whose way out a network is; null if it publishes none. @param id in full */
    public @Nullable PortPolicy portPolicy(String id) {
        LiveNetwork entry = byId.get(id);
        return entry == null ? null : entry.ports;
    }

    /** The firewall's part in a network's published ports; null where it has none. */
    @Nullable
    FirewallTable firewall(String id) {
        LiveNetwork entry = byId.get(id);
        return entry != null && entry.driver instanceof Bridge bridge ? bridge.firewall() : null;
    }

    /** Why published ports of the default network go through user space alone; null while the firewall does its part. */
    @Nullable
    String firewallFault() {
        return defaultFirewall.fault();
    }

    // ---- the engine's life

    /** Makes what records say and is not there; from then on the firewall's tables are put in place again when somebody has flushed them. */
    public void prepare() {
        guard.begin();
        for (LiveNetwork entry : byId.values()) {
            try {
                Network _ = network(entry);
                // One that is removed meanwhile must not be made again.
                synchronized (entry) {
                    Driver driver = entry.driver;
                    if (driver != null && !entry.removed) {
                        driver.ensure();
                    }
                }
            } catch (EngineException e) {
                LOG.log(System.Logger.Level.WARNING, "network {0}: {1}", entry.id, e.getMessage());
            }
        }
    }

    /** Takes links away that nobody needs; the next start makes them again. */
    @Override
    public void close() {
        guard.close();
        for (LiveNetwork entry : byId.values()) {
            Driver driver = entry.driver;
            if (driver != null) {
                try {
                    driver.close();
                } catch (EngineException e) {
                    LOG.log(System.Logger.Level.WARNING, "network {0}: {1}", entry.id, e.getMessage());
                }
            }
        }
        nftables.close();
    }
}
