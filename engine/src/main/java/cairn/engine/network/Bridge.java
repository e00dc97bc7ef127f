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
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The bridge of one network, with its addresses and its tables in the firewall. Whatever of it is there already is found and kept. */
final class Bridge implements Driver {
    /** The interface group of all links that the engine makes on the host, by which rules, and itself later on, tell them from others. */
    static final int GROUP = 0xca12;

    static final Path SYSTEM = Path.of("/proc/sys/net");

    /**
     * @param ours whether the name is the engine's own; one that the user gave may be that of a bridge of his, which is used and never removed
     * @param ipv4 and @param ipv6 null without that family
     * @param forward whether to see to it that the kernel forwards
     */
    record Plan(
            String name,
            boolean ours,
            @Nullable BridgeFamily ipv4,
            @Nullable BridgeFamily ipv6,
            int mtu,
            boolean internal,
            boolean icc,
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
    private int index;

    Bridge(Plan plan, FirewallTable firewall, FirewallGuard guard, RandomGenerator random) {
        this.plan = plan;
        this.firewall = firewall;
        this.guard = guard;
        this.random = random;
    }

    Plan plan() {
        return plan;
    }

    FirewallTable firewall() {
        return firewall;
    }

    BridgeFacts facts() {
        return new BridgeFacts(
                plan.name(),
                firewall.name(),
                firewall.fault(),
                plan.ipv4() != null && plan.ipv4().masquerade()
                        || plan.ipv6() != null && plan.ipv6().masquerade(),
                plan.mode(plan.ipv4()),
                plan.mode(plan.ipv6()),
                plan.icc());
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
                system("ipv6/conf/" + plan.name() + "/accept_ra", "0");
                system("ipv6/conf/" + plan.name() + "/disable_ipv6", plan.speaks(plan.ipv6()) ? "0" : "1");
            }
            address(netlink, link.index());
            netlink.send(RouteMessages.setLinkUp(link.index()));
            forward();
            firewall.put(new FirewallTable.Rules(plan.name(), plan.ipv4(), plan.ipv6(), plan.internal(), plan.icc()));
            guard.add(firewall);
            index = link.index();
        } catch (LinuxException e) {
            throw new Problem.Internal("bridge " + plan.name() + ": " + e.getMessage()).exception(e);
        }
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
                system("ipv4/ip_forward", "1");
            }
            if (plan.ipv6() != null) {
                system("ipv6/conf/default/forwarding", "1");
                system("ipv6/conf/all/forwarding", "1");
            }
        }
    }

    private static void system(String name, String value) {
        Path file = SYSTEM.resolve(name);
        try {
            // Without IPv6 in the kernel there is nothing to be set.
            if (Files.exists(file) && !Files.readString(file).strip().equals(value)) {
                Files.writeString(file, value);
            }
        } catch (IOException e) {
            throw new Problem.Internal("cannot set " + file + " to " + value + ": " + e.getMessage()).exception(e);
        }
    }

    @Override
    public Endpoint wire(EndpointRecord endpoint, String name, int number, InterfaceOptions options) {
        ensure();
        MacAddress mac = MacAddress.parse(endpoint.macAddress());
        String host = endpoint.hostInterface();
        PatchedMessage pair = RouteMessages.vethPair(host, index, name, number, mac, plan.mtu());
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
            int own = index;
            if (netlink.links().stream().noneMatch(link -> link.master() == own)) {
                remove();
            }
        } catch (LinuxException e) {
            // The next start sees to it.
        }
    }
}
