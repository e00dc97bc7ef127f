package cairn.engine.network;

import cairn.linux.Errno;
import cairn.linux.LinuxException;
import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.RouteMessages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bridges of a network beside its first, for the kernel gives a bridge 1,023 ports. Each is joined to the first, and is a switch and nothing
 * else: it has no address, speaks neither ARP nor IPv6, and the firewall drops what is for itself. There is no record of them: which there are is
 * seen from the links of the host, and one that has no container is of no use to anybody.
 */
final class FurtherBridges {
    /** So many ports of the first bridge are kept for them. With all of them a network has the containers of a /16. */
    static final int MOST = 63;

    private static final int FIRST_NUMBER = 2;
    private static final Path LINKS = Path.of("/sys/class/net");

    /** One that is there. */
    record Joined(FurtherBridge bridge, int index) {}

    private final String networkId;
    private final int mtu;
    private final boolean icc;
    private final Pattern names;
    private final List<Joined> joined = new ArrayList<>();

    /** @param icc whether containers may reach each other */
    FurtherBridges(String networkId, int mtu, boolean icc) {
        this.networkId = networkId;
        this.mtu = mtu;
        this.icc = icc;
        names = Pattern.compile("(br|dn|up)(\\d{1,2})-" + networkId.substring(0, FurtherBridge.DIGITS));
    }

    List<Joined> all() {
        return List.copyOf(joined);
    }

    /** By a link's name, of the bridge itself or of an end of its pair; null if it is neither. */
    @Nullable
    FurtherBridge of(String link) {
        Matcher matcher = names.matcher(link);
        return matcher.matches() ? FurtherBridge.of(networkId, Integer.parseInt(matcher.group(2))) : null;
    }

    /** Takes up those that have containers, and takes away the others and what a kill has left of them. @param first index of the first bridge */
    void find(Netlink netlink, int first) {
        joined.clear();
        List<String> there = there();
        if (there.isEmpty()) {
            return;
        }
        List<Netlink.Link> links = netlink.links();
        for (Netlink.Link link : links) {
            FurtherBridge bridge = of(link.name());
            if (bridge != null
                    && link.name().equals(bridge.name())
                    && links.stream()
                            .anyMatch(port -> port.master() == link.index()
                                    && !port.name().equals(bridge.up()))) {
                join(netlink, bridge, link.index(), first);
                joined.add(new Joined(bridge, link.index()));
            }
        }
        joined.sort(Comparator.comparingInt(one -> one.bridge().number()));
        for (String name : there) {
            if (joined.stream().noneMatch(one -> one.bridge().equals(of(name)))) {
                delete(netlink, name);
            }
        }
    }

    /** Names of all links that are there for them. */
    private List<String> there() {
        List<String> there = new ArrayList<>();
        String[] links = LINKS.toFile().list();
        if (links != null) {
            for (String link : links) {
                if (of(link) != null) {
                    there.add(link);
                }
            }
        }
        return there;
    }

    /** The one that would come next; null if the first bridge has no port for it. */
    @Nullable
    FurtherBridge next() {
        int number = FIRST_NUMBER;
        for (Joined one : joined) {
            number += one.bridge().number() == number ? 1 : 0;
        }
        return number < FIRST_NUMBER + MOST ? FurtherBridge.of(networkId, number) : null;
    }

    /** Makes one. @throws LinuxException EXFULL if the first bridge has no port after all */
    Joined add(Netlink netlink, FurtherBridge bridge, MacAddress mac, int first) {
        try {
            netlink.send(RouteMessages.createBridge(bridge.name(), mac, Bridge.GROUP));
            int index = java.util.Objects.requireNonNull(netlink.link(bridge.name()))
                    .index();
            // Asked who has the gateway's address, the host would answer on every bridge that hears the question.
            netlink.send(RouteMessages.setWithoutArp(index));
            KernelSettings.set("ipv6/conf/" + bridge.name() + "/disable_ipv6", "1");
            join(netlink, bridge, index, first);
            Joined made = new Joined(bridge, index);
            joined.add(made);
            joined.sort(Comparator.comparingInt(one -> one.bridge().number()));
            return made;
        } catch (RuntimeException e) {
            delete(netlink, bridge.down());
            delete(netlink, bridge.name());
            throw e;
        }
    }

    /** Whatever of it is there already is kept. */
    private void join(Netlink netlink, FurtherBridge bridge, int index, int first) {
        if (netlink.link(bridge.down()) == null || netlink.link(bridge.up()) == null) {
            delete(netlink, bridge.down());
            delete(netlink, bridge.up());
            netlink.send(RouteMessages.vethPair(bridge.down(), bridge.up(), mtu));
        }
        netlink.send(RouteMessages.setMaster(bridge.up(), index));
        netlink.send(RouteMessages.setMaster(bridge.down(), first));
        if (!icc) {
            // As if all of its containers were at this port: they reach the first bridge itself, and nobody else on it.
            netlink.send(RouteMessages.isolatePort(bridge.down()));
        }
        netlink.send(RouteMessages.setLinkUp(bridge.up()));
        netlink.send(RouteMessages.setLinkUp(bridge.down()));
    }

    void remove(Netlink netlink) {
        joined.clear();
        there().forEach(name -> delete(netlink, name));
    }

    /** Not by {@link LinkRemoval}, which may ask the kernel after it has returned if there was nothing of that name: a new link would go. */
    private static void delete(Netlink netlink, String link) {
        try {
            netlink.send(RouteMessages.deleteLink(link));
        } catch (LinuxException e) {
            // An end of a pair goes with the other.
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }
}
