package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.LinuxException;
import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.NftablesException;
import cairn.linux.PatchedMessage;
import cairn.linux.RouteMessages;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The default bridge network. The bridge, its address, forwarding and the firewall table are made at first use and are
 * found again after a restart; they are taken away at a clean end when no container is on the bridge.
 */
public final class Bridge implements AutoCloseable {
    private static final int LOOPBACK = 1;
    private static final int ETH0 = 2; // the index asked for: a fresh namespace has only the loopback
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final boolean IPV6 = Files.exists(Path.of("/proc/sys/net/ipv6"));

    /** The loopback's steps in every new network namespace. */
    public static List<Step> loopbackSteps() {
        return List.of(Step.of(Op.NETLINK, -1, RouteMessages.setLinkUp(LOOPBACK)));
    }

    /** Facts of the bridge once it exists. */
    public record State(String name, int index, InterfaceAddress address) {}

    private final BridgeSettings settings;
    private final String networkId;
    private final RandomGenerator random;
    private final FirewallTable firewall;
    private @Nullable State state;
    private @Nullable AddressPool pool;

    public Bridge(BridgeSettings settings, String networkId, RandomGenerator random) {
        this.settings = settings;
        this.networkId = networkId;
        this.random = random;
        this.firewall = new FirewallTable(settings.name(), settings.firewall(), settings.masquerade());
    }

    public BridgeSettings settings() {
        return settings;
    }

    public String networkId() {
        return networkId;
    }

    public boolean enabled() {
        return !settings.name().equals(BridgeSettings.OFF);
    }

    /** The bridge, made if it is not there. */
    public synchronized State ensure() {
        if (!enabled()) {
            throw new Problem.NoSuchNetwork("bridge").exception();
        }
        if (state != null) {
            return state;
        }
        try (Netlink netlink = Netlink.open()) {
            Netlink.Link link = netlink.link(settings.name());
            InterfaceAddress address = link == null ? null : existing(netlink, link.index());
            if (link == null) {
                netlink.send(RouteMessages.createBridge(settings.name(), bridgeMac()));
                link = java.util.Objects.requireNonNull(netlink.link(settings.name()));
            }
            if (address == null) {
                address = settings.address() != null ? settings.address() : choose(netlink);
                netlink.send(RouteMessages.addAddress(
                        link.index(),
                        Subnet.inet(address.address()),
                        address.subnet().prefix(),
                        Subnet.inet(address.subnet().broadcast())));
            }
            netlink.send(RouteMessages.setLinkUp(link.index()));
            AddressPool addresses = new AddressPool(address.subnet());
            addresses.reserve(address.address());
            forward();
            firewall.put(address.subnet());
            pool = addresses;
            state = new State(settings.name(), link.index(), address);
            return state;
        }
    }

    private static @Nullable InterfaceAddress existing(Netlink netlink, int index) {
        for (Netlink.Address address : netlink.addresses()) {
            if (address.index() == index && address.address() instanceof Inet4Address ip) {
                long number = Subnet.number(ip);
                return new InterfaceAddress(
                        number, new Subnet(number & Subnet.mask(address.prefix()), address.prefix()));
            }
        }
        return null;
    }

    /** The first network of the pools that no route of the host leads to. */
    private InterfaceAddress choose(Netlink netlink) {
        List<Subnet> routed = new ArrayList<>();
        for (Netlink.Route route : netlink.routes()) {
            if (route.destination() instanceof Inet4Address ip && route.prefix() >= 1) {
                int prefix = Math.min(route.prefix(), 30);
                routed.add(new Subnet(Subnet.number(ip) & Subnet.mask(prefix), prefix));
            }
        }
        for (BridgeSettings.Pool pools : settings.pools()) {
            long step = 1L << (32 - pools.prefix());
            for (long base = pools.range().base(); base < pools.range().broadcast(); base += step) {
                Subnet candidate = new Subnet(base, pools.prefix());
                if (routed.stream().noneMatch(candidate::overlaps)) {
                    return new InterfaceAddress(base + 1, candidate);
                }
            }
        }
        throw new Problem.Internal("could not find an available, non-overlapping IPv4 address pool among the defaults"
                        + " to assign to the bridge " + settings.name() + "; give one with --bip")
                .exception();
    }

    private MacAddress bridgeMac() {
        return new MacAddress(0x0242_0000_0000L | random.nextLong(1L << 32));
    }

    private void forward() {
        if (settings.forward()) {
            try {
                if (!Files.readString(FORWARDING).startsWith("1")) {
                    Files.writeString(FORWARDING, "1");
                }
            } catch (IOException e) {
                throw new Problem.Internal("cannot switch on IPv4 forwarding: " + e.getMessage()).exception();
            }
        }
    }

    FirewallTable firewall() {
        return firewall;
    }

    /** From now on the firewall's table is put in place again when somebody has flushed it. */
    public void guardFirewall() {
        firewall.guard();
    }

    /** Gives a container its address and the steps that bring it onto the bridge. */
    public Endpoint attach(String endpointId) {
        State bridge = ensure();
        AddressPool addresses = java.util.Objects.requireNonNull(pool);
        long address = addresses.take();
        if (address < 0) {
            throw new Problem.NoFreeAddress("bridge", networkId).exception();
        }
        return endpoint(bridge, endpointId, address);
    }

    private Endpoint endpoint(State bridge, String endpointId, long address) {
        Subnet subnet = bridge.address().subnet();
        long gateway = bridge.address().address();
        // Derived from the address, as Docker's: a new container never meets a stale neighbour entry.
        MacAddress mac = new MacAddress(0x0242_0000_0000L | address);
        byte[] raw = new byte[4];
        random.nextBytes(raw);
        String hostInterface = "veth" + HexFormat.of().formatHex(raw).substring(1);
        PatchedMessage pair = RouteMessages.vethPair(hostInterface, bridge.index(), "eth0", ETH0, mac, settings.mtu());
        List<Step> inside = new ArrayList<>(loopbackSteps());
        if (IPV6) {
            inside.add(Step.of(Op.SYSCTL, "/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1"));
        }
        inside.add(Step.of(
                Op.NETLINK,
                -1,
                RouteMessages.addAddress(
                        ETH0, Subnet.inet(address), subnet.prefix(), Subnet.inet(subnet.broadcast()))));
        // A route needs its link up; the flag in the pair's own message does not take effect in the peer's namespace.
        inside.add(Step.of(Op.NETLINK, -1, RouteMessages.setLinkUp(ETH0)));
        inside.add(Step.of(Op.NETLINK, -1, RouteMessages.addDefaultRoute(Subnet.inet(gateway), ETH0)));
        return new Endpoint(
                endpointId,
                networkId,
                Subnet.format(address),
                subnet.prefix(),
                Subnet.format(gateway),
                mac.toString(),
                hostInterface,
                List.of(Step.of(Op.NETLINK, pair.pidOffset(), pair.bytes())),
                inside);
    }

    /** A container that was found running keeps its address. */
    public void reserve(String address) {
        ensure();
        java.util.Objects.requireNonNull(pool)
                .reserve(Subnet.parse("address", address + "/30").address());
    }

    /** The veth itself goes with the network namespace: deleting it by hand would wait for a grace period. */
    public void release(String address) {
        AddressPool addresses;
        synchronized (this) {
            addresses = pool;
        }
        if (addresses != null) {
            addresses.release(Subnet.parse("address", address + "/30").address());
        }
    }

    /** Takes bridge and table away if this daemon made them and nothing is connected. */
    @Override
    public synchronized void close() {
        firewall.close();
        State bridge = state;
        if (bridge == null) {
            return;
        }
        try (Netlink netlink = Netlink.open()) {
            boolean used = netlink.links().stream().anyMatch(link -> link.master() == bridge.index());
            if (used) {
                return;
            }
            firewall.delete();
            if (settings.ours()) {
                netlink.send(RouteMessages.deleteLink(bridge.name()));
            }
        } catch (LinuxException | NftablesException e) {
            // Somebody else took it away first: that is the state that was wanted.
        }
        state = null;
    }
}
