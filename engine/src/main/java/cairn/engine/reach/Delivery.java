package cairn.engine.reach;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.FurtherBridge;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.Subnet;
import cairn.linux.Netlink;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last part of the way to a container: the host's route, the bridge, the veth pair, the interface inside. */
final class Delivery {
    private static final String RESTART = "restart the daemon, which makes links and addresses that its records name";

    private Delivery() {}

    /** From the host, which relays or forwards. */
    static void route(Hops hops, Inside host, Place place, InetAddress address) {
        Netlink.Route route = host.route(address);
        BridgeFacts bridge = place.bridge();
        String link = bridge == null ? "" : bridge.link();
        if (bridge != null && bridge.mode(Subnet.v6(address)) == GatewayMode.ISOLATED) {
            hops.stops(
                    "route",
                    "the host has no address on " + place.network().name() + ", whose gateway mode is isolated",
                    "",
                    "");
            return;
        }
        if (route == null || bridge != null && !host.linkName(route.index()).equals(link)) {
            hops.stops(
                    "route",
                    "the host's route to " + Subnet.format(address) + " does not lead to " + link,
                    route == null ? "no route" : host.text(route),
                    RESTART);
            return;
        }
        hops.passes(
                "route", "the host sends what is for " + Subnet.format(address) + " over " + link, host.text(route));
    }

    /** The bridge, and the container's end on the host. */
    static void link(Hops hops, Inside host, Place place, String name) {
        BridgeFacts facts = place.bridge();
        if (facts == null) {
            return;
        }
        Netlink.Link bridge = host.link(facts.link());
        Netlink.Link end = host.link(place.endpoint().hostInterface());
        FurtherBridge further = further(host, facts, end);
        String plugged = further == null ? facts.link() : further.name();
        String again = "'cairn network disconnect " + place.network().name() + " " + name
                + "' and 'connect' make its link again";
        if (bridge == null || !bridge.isUp()) {
            hops.stops(
                    "bridge",
                    "the bridge " + facts.link() + (bridge == null ? " is not there" : " is down"),
                    "",
                    bridge == null ? RESTART : "ip link set " + facts.link() + " up");
        } else if (end == null || further == null && end.master() != bridge.index()) {
            hops.stops(
                    "link",
                    place.endpoint().hostInterface() + ", the host's end of the veth pair of " + name + ", "
                            + (end == null ? "is not there" : "is not plugged into " + facts.link()),
                    "",
                    again);
        } else if (!end.isUp()) {
            hops.stops(
                    "link",
                    end.name() + ", the host's end of the veth pair of " + name + ", is down",
                    "",
                    "ip link set " + end.name() + " up");
        } else {
            hops.passes(
                    "link",
                    end.name() + ", plugged into " + plugged + ", is the host's end of the veth pair of " + name,
                    "");
            if (further != null) {
                joint(hops, host, further, bridge);
            }
        }
    }

    /** The bridge beside the network's first one that a container is on; null if it is none. */
    private static @Nullable FurtherBridge further(Inside host, BridgeFacts facts, Netlink.@Nullable Link end) {
        for (FurtherBridge further : facts.further()) {
            Netlink.Link link = host.link(further.name());
            if (link != null && end != null && end.master() == link.index()) {
                return further;
            }
        }
        return null;
    }

    /** What joins such a bridge to the first one. */
    private static void joint(Hops hops, Inside host, FurtherBridge further, Netlink.Link first) {
        Netlink.Link link = host.link(further.name());
        Netlink.Link up = host.link(further.up());
        Netlink.Link down = host.link(further.down());
        if (link == null
                || up == null
                || down == null
                || up.master() != link.index()
                || down.master() != first.index()) {
            hops.stops(
                    "bridge",
                    further.name() + " is not joined to " + first.name() + ": " + further.up() + " and "
                            + further.down() + " are not there, or not plugged in",
                    "",
                    RESTART);
            return;
        }
        for (Netlink.Link one : List.of(link, up, down)) {
            if (!one.isUp()) {
                hops.stops("bridge", one.name() + " is down", "", "ip link set " + one.name() + " up");
                return;
            }
        }
        hops.passes(
                "bridge",
                further.name() + " is joined to " + first.name() + " by " + further.up() + " and " + further.down(),
                "");
    }

    /** The interface in the container. */
    static void inside(Hops hops, Inside inside, Place place, InetAddress address, String name) {
        Netlink.Link link = inside.linkWith(address);
        String text = Subnet.format(address);
        String again =
                "'cairn network disconnect " + place.network().name() + " " + name + "' and 'connect' give it back";
        if (link == null) {
            hops.stops("interface", "no interface in " + name + " has " + text + " any more", "", again);
        } else if (!link.isUp()) {
            hops.stops("interface", link.name() + " in " + name + ", which has " + text + ", is down", "", again);
        } else {
            hops.passes("interface", link.name() + " in " + name + " has " + text, "");
        }
    }
}
