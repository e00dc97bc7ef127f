package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.engine.plan.Op;
import cairn.engine.plan.Step;
import cairn.linux.LinuxException;
import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.PatchedMessage;
import cairn.linux.RouteMessages;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Networks whose containers get links on top of one of the host's: macvlan, each with a MAC of its own, and ipvlan, with the parent's. A
 * parent {@code eth0.10} that is not there is made as VLAN 10 of eth0; without one a dummy takes its place, and nothing leads out.
 */
final class ParentLink implements Driver {
    private static final Map<String, Integer> MACVLAN_MODES =
            Map.of("", 4, "bridge", 4, "private", 1, "vepa", 2, "passthru", 8);
    private static final Map<String, Integer> IPVLAN_MODES = Map.of("", 0, "l2", 0, "l3", 1, "l3s", 2);
    private static final Map<String, Integer> IPVLAN_FLAGS = Map.of("", 0, "bridge", 0, "private", 1, "vepa", 2);
    private static final int IPVLAN_L2 = 0;
    private static final int STRIDE = 1024; // more than a container has links

    private final boolean macvlan;
    private final String parent;
    private final boolean dummy;
    private final int mode;
    private final int flags;
    private final int mtu;
    private int index;

    /** @throws cairn.engine.error.EngineException InvalidParameter for options that mean nothing */
    ParentLink(Network network) {
        macvlan = network.driver() == Network.Driver.MACVLAN;
        String asked = network.options().getOrDefault("parent", "");
        dummy = asked.isEmpty();
        parent = dummy ? (macvlan ? "dm-" : "di-") + network.id().substring(0, 12) : asked;
        if (!BridgeOptions.interfaceName(parent) || parent.equals("lo")) {
            throw new Problem.InvalidParameter(
                            parent.equals("lo")
                                    ? "loopback interface is not a valid " + network.driver() + " parent link"
                                    : "invalid parent interface: " + parent)
                    .exception();
        }
        mtu = BridgeOptions.mtu(network.options());
        if (macvlan) {
            mode = choice(network, "macvlan_mode", MACVLAN_MODES, "macvlan mode", "bridge");
            flags = 0;
        } else {
            mode = choice(network, "ipvlan_mode", IPVLAN_MODES, "ipvlan mode", "l2");
            flags = choice(network, "ipvlan_flag", IPVLAN_FLAGS, "ipvlan flag", "bridge");
        }
    }

    private static int choice(
            Network network, String option, Map<String, Integer> choices, String what, String otherwise) {
        String value = network.options().getOrDefault(option, "");
        Integer chosen = choices.get(value);
        if (chosen == null) {
            throw new Problem.InvalidParameter("requested " + what + " '" + value + "' is not valid, '" + otherwise
                            + "' is the " + network.driver() + " driver default")
                    .exception();
        }
        return chosen;
    }

    String parent() {
        return parent;
    }

    /** Whether a container's link can only send to others of the same network. */
    boolean isolated() {
        return dummy;
    }

    @Override
    public synchronized void ensure() {
        try (Netlink netlink = Netlink.open()) {
            Netlink.Link link = netlink.link(parent);
            if (link == null) {
                make(netlink);
                link = netlink.link(parent);
            }
            if (link == null) {
                throw new Problem.InvalidParameter(
                                "the requested parent interface " + parent + " was not found on the Docker host")
                        .exception();
            }
            index = link.index();
        } catch (LinuxException e) {
            throw new Problem.Internal("parent interface " + parent + ": " + e.getMessage()).exception(e);
        }
    }

    private void make(Netlink netlink) {
        int dot = parent.lastIndexOf('.');
        int tag = dot < 0 ? -1 : ContainerPort.number(parent.substring(dot + 1));
        if (dummy) {
            netlink.send(RouteMessages.createDummy(parent));
        } else if (tag >= 1 && tag <= 4094) {
            Netlink.Link below = netlink.link(parent.substring(0, dot));
            if (below != null) {
                netlink.send(RouteMessages.createVlan(parent, below.index(), tag, Bridge.GROUP));
            }
        }
    }

    @Override
    public Endpoint wire(EndpointRecord endpoint, String name, int number, InterfaceOptions options) {
        ensure();
        int own = unlikeTheHosts(number);
        PatchedMessage link = macvlan
                ? RouteMessages.macvlan(index, mode, name, own, MacAddress.parse(endpoint.macAddress()), mtu)
                : RouteMessages.ipvlan(index, mode, flags, name, own, mtu);
        return new Endpoint(
                endpoint,
                List.of(Step.of(Op.NETLINK, link.pidOffset(), link.bytes())),
                InterfaceSteps.addresses(name, own, endpoint, options),
                outward(own, endpoint.address(), endpoint.gateway(), false),
                outward(own, endpoint.address6(), endpoint.gateway6(), true));
    }

    /**
     * A number for a link that is made from here in another namespace: the kernel refuses one that a link has here (EEXIST), and without
     * one it looks for the name, which for eth0 would be the parent itself. Other links of the container have numbers nearby.
     */
    private static int unlikeTheHosts(int number) {
        Set<Integer> taken = new HashSet<>();
        try (Netlink netlink = Netlink.open()) {
            netlink.links().forEach(link -> taken.add(link.index()));
        } catch (LinuxException e) {
            throw new Problem.Internal("interfaces of the host: " + e.getMessage()).exception(e);
        }
        int own = number;
        while (taken.contains(own)) {
            own += STRIDE;
        }
        return own;
    }

    /** Where packets are routed and not switched there is no gateway to be found by its address. */
    private List<Step> outward(int number, String address, String gateway, boolean v6) {
        if (address.isEmpty() || dummy) {
            return List.of();
        }
        @Nullable InetAddress router = Subnet.literal(gateway);
        return macvlan || mode == IPVLAN_L2
                ? InterfaceSteps.outward(number, router)
                : List.of(Step.of(Op.NETLINK, -1, RouteMessages.addLinkDefaultRoute(v6, number)));
    }

    /** The link is in the container's namespace, and is taken away from there. */
    @Override
    public void unwire(EndpointRecord endpoint) {}

    @Override
    public void forget(EndpointRecord endpoint) {}

    @Override
    public synchronized void remove() {
        try (Netlink netlink = Netlink.open()) {
            Netlink.Link link = netlink.link(parent);
            if (link != null && (dummy || link.group() == Bridge.GROUP)) {
                LinkRemoval.remove(parent);
            }
        } catch (LinuxException e) {
            throw new Problem.Internal("parent interface " + parent + ": " + e.getMessage()).exception(e);
        }
    }

    @Override
    public void close() {}
}
