package cairn.engine.reach;

import cairn.engine.network.Subnet;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A network namespace as it is inside. */
record Inside(
        List<Netlink.Link> links,
        List<Netlink.Address> addresses,
        List<Netlink.Route> routes,
        List<DroppingChain> dropping) {
    /** Of one that is not to be entered any more. */
    static final Inside NOTHING = new Inside(List.of(), List.of(), List.of(), List.of());

    Inside {
        links = List.copyOf(links);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        dropping = List.copyOf(dropping);
    }

    /** The namespace of the calling thread. */
    static Inside read() {
        try (Netlink netlink = Netlink.open()) {
            return new Inside(netlink.links(), netlink.addresses(), netlink.routes(), DroppingChain.read());
        } catch (LinuxException e) {
            return NOTHING;
        }
    }

    Netlink.@Nullable Link link(String name) {
        return links.stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    Netlink.@Nullable Link link(int index) {
        return links.stream().filter(link -> link.index() == index).findFirst().orElse(null);
    }

    String linkName(int index) {
        Netlink.Link link = link(index);
        return link == null ? "interface " + index : link.name();
    }

    /** The link that has an address; null if none has. */
    Netlink.@Nullable Link linkWith(InetAddress address) {
        for (Netlink.Address one : addresses) {
            if (one.address().equals(address)) {
                return link(one.index());
            }
        }
        return null;
    }

    boolean has(InetAddress address) {
        return addresses.stream().anyMatch(one -> one.address().equals(address));
    }

    /** The route that the kernel takes: the longest prefix, the smallest metric. Null if there is none. */
    Netlink.@Nullable Route route(InetAddress to) {
        Netlink.Route best = null;
        for (Netlink.Route route : routes) {
            if (leads(route, to)
                    && (best == null
                            || route.prefix() > best.prefix()
                            || route.prefix() == best.prefix() && route.metric() < best.metric())) {
                best = route;
            }
        }
        return best;
    }

    private static boolean leads(Netlink.Route route, InetAddress to) {
        InetAddress network = route.destination();
        if (network == null) {
            InetAddress gateway = route.gateway();
            return gateway == null || gateway instanceof Inet4Address == to instanceof Inet4Address;
        }
        return network instanceof Inet4Address == to instanceof Inet4Address
                && Subnet.of(network, route.prefix()).contains(to);
    }

    String text(Netlink.Route route) {
        return (route.destination() == null ? "default" : Subnet.format(route.destination()) + "/" + route.prefix())
                + (route.gateway() == null ? "" : " via " + Subnet.format(route.gateway()))
                + " dev " + linkName(route.index());
    }
}
