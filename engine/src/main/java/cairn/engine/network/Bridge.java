package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.NftablesException;
import cairn.linux.PatchedMessage;
import cairn.linux.RouteMessages;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The bridge of one network, with its addresses and its tables in the firewall, and further ones when it is full. Whatever of it is there
 * already is found and kept.
 */
final class Bridge implements Driver {
    /** The interface group of all links that the engine makes on the host, by which rules, and itself later on, tell them from others. */
    static final int GROUP = 0xca12;

    private static final System.Logger LOG = System.getLogger(Bridge.class.getName());
    private static final Path LINKS = Path.of("/sys/class/net");

    /** Of one bridge: BR_MAX_PORTS in the kernel's net/bridge/br_private.h, without number 0. */
    private static final int PORTS = 1023;

    /**
     * @param networkId in full
     * @param ours whether the name is the engine's own; one that the user gave may be that of a bridge of his, which is used and never removed
     * @param ipv4 and @param ipv6 null without that family
     * @param trusted interfaces of the host from which published ports may be spoken to at containers' own addresses
     * @param forward whether to see to it that the kernel forwards
     */
    record Plan(
            String networkId,
            String name,
            boolean ours,
            @Nullable BridgeFamily ipv4,
            @Nullable BridgeFamily ipv6,
            int mtu,
            boolean internal,
            boolean icc,
            List<String> trusted,
            boolean forward) {
        private GatewayMode mode(@Nullable BridgeFamily family) {
            return family == null ? GatewayMode.NAT : family.mode();
        }

        /** Whether the host may be spoken to over a family. */
        private boolean speaks(@Nullable BridgeFamily family) {
            return family != null && family.mode() != GatewayMode.ISOLATED;
        }
    }

    private final Plan plan;
    private final FirewallTable firewall;
    private final FirewallGuard guard;
    private final RandomGenerator random;
    private final FurtherBridges further;
    /** By the host's end, index of the bridge where a link that is not there yet is going to be. */
    private final Map<String, Integer> expected = new HashMap<>();

    private int index;
    private Switch latest = NONE;

    /** A bridge of the network. */
    private record Switch(String name, int index) {}

    private static final Switch NONE = new Switch("", 0);

    Bridge(Plan plan, FirewallTable firewall, FirewallGuard guard, RandomGenerator random) {
        this.plan = plan;
        this.firewall = firewall;
        this.guard = guard;
        this.random = random;
        this.further = new FurtherBridges(plan.networkId(), plan.mtu(), plan.icc());
    }

    Plan plan() {
        return plan;
    }

    FirewallTable firewall() {
        return firewall;
    }

    synchronized BridgeFacts facts() {
        return new BridgeFacts(
                plan.name(),
                further.all().stream().map(FurtherBridges.Joined::bridge).toList(),
                firewall.name(),
                firewall.fault(),
                plan.ipv4() != null && plan.ipv4().masquerade()
                        || plan.ipv6() != null && plan.ipv6().masquerade(),
                plan.mode(plan.ipv4()),
                plan.mode(plan.ipv6()),
                plan.icc());
    }

    /** Whether a bridge is the network's, its first or a further one. */
    boolean has(String bridge) {
        return bridge.equals(plan.name()) || further.of(bridge) != null;
    }

    @Override
    public synchronized void ensure() {
        if (index != 0) {
            return;
        }
        try (Netlink netlink = Netlink.open()) {
            Netlink.Link link = netlink.link(plan.name());
            if (link == null) {
                // Without the group the firewall of other networks would take what comes from here for a stranger's.
                netlink.send(RouteMessages.createBridge(plan.name(), mac(), GROUP));
                link = java.util.Objects.requireNonNull(netlink.link(plan.name()));
            } else if (!link.kind().equals("bridge")) {
                throw new Problem.Forbidden("interface " + plan.name() + " exists and is no bridge").exception();
            } else if (plan.ours()) {
                netlink.send(RouteMessages.setGroup(link.index(), GROUP));
            }
            if (mine(link)) {
                // Containers must not be able to announce themselves as the host's routers (CVE-2020-13401).
                KernelSettings.set("ipv6/conf/" + plan.name() + "/accept_ra", "0");
                // Until the kernel has made sure that nobody else has the bridge's link-local address, it asks for no
                // neighbour with it: what comes for a container from elsewhere would be lost for two seconds.
                KernelSettings.set("ipv6/conf/" + plan.name() + "/accept_dad", "0");
                KernelSettings.set("ipv6/conf/" + plan.name() + "/disable_ipv6", plan.speaks(plan.ipv6()) ? "0" : "1");
            }
            address(netlink, link.index());
            netlink.send(RouteMessages.setLinkUp(link.index()));
            forward();
            further.find(netlink, link.index());
            if (!further.all().isEmpty()) {
                KernelSettings.manyNeighbours();
            }
            firewall.put(rules(null));
            guard.add(firewall);
            index = link.index();
            latest = new Switch(plan.name(), index);
        } catch (LinuxException e) {
            throw new Problem.Internal("bridge " + plan.name() + ": " + e.getMessage()).exception(e);
        }
    }

    /** @param coming a bridge that is about to be made; null for none */
    private TableRules rules(@Nullable FurtherBridge coming) {
        List<String> names = new ArrayList<>();
        further.all().forEach(one -> names.add(one.bridge().name()));
        if (coming != null) {
            names.add(coming.name());
        }
        return new TableRules(
                plan.name(), names, plan.ipv4(), plan.ipv6(), plan.internal(), plan.icc(), plan.trusted());
    }

    private boolean mine(Netlink.Link link) {
        return plan.ours() || link.group() == GROUP;
    }

    private void address(Netlink netlink, int link) {
        Set<InetAddress> there = new HashSet<>();
        for (Netlink.Address address : netlink.addresses()) {
            if (address.index() == link) {
                there.add(address.address());
            }
        }
        for (BridgeFamily family : new BridgeFamily[] {plan.ipv4(), plan.ipv6()}) {
            InetAddress own = family == null ? null : family.address();
            if (family != null && own != null && !there.contains(own)) {
                Subnet subnet = family.subnet();
                InetAddress broadcast = subnet.v6() || subnet.prefix() >= 31 ? null : subnet.last();
                netlink.send(RouteMessages.addAddress(link, own, subnet.prefix(), broadcast));
            }
        }
    }

    private MacAddress mac() {
        return new MacAddress(0x0242_0000_0000L | random.nextLong(1L << 32));
    }

    private void forward() {
        if (plan.forward() && !plan.internal()) {
            if (plan.ipv4() != null) {
                KernelSettings.set("ipv4/ip_forward", "1");
            }
            if (plan.ipv6() != null) {
                KernelSettings.set("ipv6/conf/default/forwarding", "1");
                KernelSettings.set("ipv6/conf/all/forwarding", "1");
            }
        }
    }

    // ---- ports

    /** Index of the bridge where a container's link is to be: one that has a port left, which is made if none has. */
    private synchronized int port(String hostInterface) {
        ensure();
        if (!hasRoom(latest)) {
            latest = roomy();
        }
        expected.put(hostInterface, latest.index());
        return latest.index();
    }

    private Switch roomy() {
        Switch first = new Switch(plan.name(), index);
        if (hasRoom(first)) {
            return first;
        }
        for (FurtherBridges.Joined one : further.all()) {
            Switch other = new Switch(one.bridge().name(), one.index());
            if (hasRoom(other)) {
                return other;
            }
        }
        return extend();
    }

    /** The kernel's word, for ports may be others', and those of containers that have ended stay for a while; and whoever is on the way. */
    private boolean hasRoom(Switch one) {
        String[] ports = LINKS.resolve(one.name()).resolve("brif").toFile().list();
        if (ports == null) {
            return one.index() == index; // Somebody has deleted it, or there is no sysfs.
        }
        for (String port : ports) {
            expected.remove(port);
        }
        int taken = ports.length;
        for (int bridge : expected.values()) {
            taken += bridge == one.index() ? 1 : 0;
        }
        int kept = one.index() == index ? FurtherBridges.MOST - further.all().size() : 0;
        return taken < PORTS - kept;
    }

    private Switch extend() {
        FurtherBridge next = further.next();
        if (next == null) {
            throw new Problem.Internal(Networks.FULL).exception();
        }
        KernelSettings.manyNeighbours();
        // Before there is anything that they are about.
        firewall.put(rules(next));
        try (Netlink netlink = Netlink.open()) {
            FurtherBridges.Joined made = further.add(netlink, next, mac(), index);
            LOG.log(
                    System.Logger.Level.INFO,
                    "bridge {0} is full; more containers are on {1}",
                    plan.name(),
                    next.name());
            return new Switch(next.name(), made.index());
        } catch (RuntimeException e) {
            firewall.put(rules(null));
            if (e instanceof LinuxException fault) {
                throw new Problem.Internal(
                                fault.errno() == Errno.EXFULL
                                        ? Networks.FULL
                                        : "bridge " + next.name() + ": " + e.getMessage())
                        .exception(e);
            }
            throw e;
        }
    }

    @Override
    public synchronized void forget(EndpointRecord endpoint) {
        expected.remove(endpoint.hostInterface());
    }

    /** A link of a container's that is in no bridge any more, for somebody has deleted the one that it was in. */
    void plug(Netlink netlink, EndpointRecord endpoint) {
        String host = endpoint.hostInterface();
        netlink.send(RouteMessages.setMaster(host, port(host)));
        if (!plan.icc()) {
            netlink.send(RouteMessages.isolatePort(host));
        }
    }

    @Override
    public Endpoint wire(EndpointRecord endpoint, String name, int number, InterfaceOptions options) {
        MacAddress mac = MacAddress.parse(endpoint.macAddress());
        String host = endpoint.hostInterface();
        PatchedMessage pair = RouteMessages.vethPair(host, port(host), name, number, mac, plan.mtu());
        List<Step> connect = new ArrayList<>();
        connect.add(Step.of(Op.NETLINK, pair.pidOffset(), pair.bytes()));
        if (!plan.icc()) {
            connect.add(Step.of(Op.NETLINK, -1, RouteMessages.isolatePort(host)));
        }
        return new Endpoint(
                endpoint,
                connect,
                InterfaceSteps.addresses(name, number, endpoint, options),
                InterfaceSteps.outward(number, Subnet.literal(endpoint.gateway())),
                InterfaceSteps.outward(number, Subnet.literal(endpoint.gateway6())));
    }

    @Override
    public void unwire(EndpointRecord endpoint) {
        LinkRemoval.remove(endpoint.hostInterface());
    }

    @Override
    public synchronized void remove() {
        guard.remove(firewall);
        try {
            firewall.delete(plan.ipv4() != null, plan.ipv6() != null);
        } catch (NftablesException e) {
            // A machine without a firewall has no table either.
        }
        try (Netlink netlink = Netlink.open()) {
            further.remove(netlink);
            Netlink.Link link = netlink.link(plan.name());
            if (link != null && mine(link)) {
                LinkRemoval.remove(plan.name());
            }
        } catch (LinuxException e) {
            throw new Problem.Internal("bridge " + plan.name() + ": " + e.getMessage()).exception(e);
        }
        index = 0;
    }

    /** At a clean end of the daemon. */
    @Override
    public synchronized void close() {
        if (index == 0) {
            return;
        }
        try (Netlink netlink = Netlink.open()) {
            Set<Integer> bridges = new HashSet<>(Set.of(index));
            further.all().forEach(one -> bridges.add(one.index()));
            if (netlink.links().stream()
                    .noneMatch(link -> bridges.contains(link.master()) && further.of(link.name()) == null)) {
                remove();
            }
        } catch (LinuxException e) {
            // The next start sees to it.
        }
    }
}
