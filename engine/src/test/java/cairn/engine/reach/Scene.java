package cairn.engine.reach;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.Network;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Subnet;
import cairn.engine.network.Transport;
import cairn.linux.Netlink;
import cairn.wire.explain.RuleExplanation;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A host with bridge networks 172.17.0.0/16 (bridge), 10.1.0.0/24 (left) and 10.2.0.0/24 (right), each with what its table has, as records.
 * Link numbers follow from the third number of the addresses, those of host ends from the last.
 */
final class Scene {
    private static final int UP = 1;

    /** Of a network: name, first three numbers, and what is special. */
    record Net(
            String name,
            String start,
            int prefix,
            boolean internal,
            boolean icc,
            @Nullable String fault) {
        static final Net BRIDGE = new Net("bridge", "172.17.0", 16, false, true, null);
        static final Net LEFT = new Net("left", "10.1.0", 24, false, true, null);
        static final Net RIGHT = new Net("right", "10.2.0", 24, false, true, null);

        String link() {
            return "br-" + name;
        }

        int index() {
            return name.length() * 100;
        }

        String subnet() {
            return Subnet.of(InetAddress.ofLiteral(start + ".0"), prefix).toString();
        }
    }

    private Scene() {}

    static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    static Network network(Net net) {
        return network(
                net,
                new Network.Pool(
                        Subnet.of(ip(net.start + ".0"), net.prefix), null, ip(net.start + ".1"), Map.of(), true));
    }

    private static Network network(Net net, Network.Pool pool) {
        boolean v6 = pool.subnet().v6();
        return new Network(
                "id-of-" + net.name,
                net.name,
                Instant.EPOCH,
                Network.Driver.BRIDGE,
                !v6,
                v6,
                List.of(pool),
                net.internal,
                false,
                false,
                "",
                Map.of(),
                Map.of(),
                Map.of(),
                net.name.equals("bridge"));
    }

    static EndpointRecord endpoint(Net net, int last) {
        return new EndpointRecord(
                "id-of-" + net.name,
                "%011d0".formatted(last),
                net.start + "." + last,
                net.prefix,
                net.internal ? "" : net.start + ".1",
                "",
                0,
                "",
                "");
    }

    /** With the rules that decide, and elements of the map {@code any}. */
    static Place place(Net net, int last, String... elements) {
        List<RuleExplanation> rules = new ArrayList<>();
        if (net.fault == null) {
            rules.add(
                    new RuleExplanation("ip published", "dnat ip to ip daddr . meta l4proto . th dport map @one", ""));
            rules.add(new RuleExplanation("ip published", "dnat ip to meta l4proto . th dport map @any", ""));
            rules.add(new RuleExplanation("ip prerouting", "iifname != \"" + net.link() + "\" jump published", ""));
            rules.add(new RuleExplanation("ip output", "ip daddr != 127.0.0.0/8 jump published", ""));
            rules.add(new RuleExplanation(
                    "ip foreign",
                    "ip daddr " + net.subnet() + " iifname != { \"lo\", \"" + net.link() + "\" } drop",
                    ""));
            rules.add(new RuleExplanation("ip postrouting", "ip saddr " + net.subnet() + " masquerade", ""));
            for (String element : elements) {
                rules.add(new RuleExplanation("ip map any", element, ""));
            }
        }
        return new Place(
                network(net),
                new BridgeFacts(
                        net.link(),
                        List.of(),
                        "cairn_br_" + net.name,
                        net.fault,
                        true,
                        GatewayMode.NAT,
                        GatewayMode.NAT,
                        net.icc),
                endpoint(net, last),
                !net.icc,
                rules);
    }

    /** On a network whose gateway mode is routed, with what its set {@code open} has. */
    static Place routed(Net net, int last, String... open) {
        Place place = place(net, last);
        List<RuleExplanation> rules = new ArrayList<>();
        String in = "oifname \"" + net.link() + "\" iifname != \"" + net.link() + "\" ";
        rules.add(new RuleExplanation("ip between", in + "meta l4proto icmp accept", ""));
        rules.add(new RuleExplanation("ip between", in + "drop", ""));
        for (String element : open) {
            rules.add(new RuleExplanation("ip set open", element, ""));
        }
        BridgeFacts bridge = new BridgeFacts(
                net.link(),
                List.of(),
                "cairn_br_" + net.name,
                null,
                false,
                GatewayMode.ROUTED,
                GatewayMode.ROUTED,
                net.icc);
        return new Place(place.network(), bridge, place.endpoint(), false, rules);
    }

    /** On a network that takes another one's bridge for trusted, with what its set {@code open} has. */
    static Place trusting(Net net, int last, Net other, String... open) {
        Place place = place(net, last);
        List<RuleExplanation> rules = new ArrayList<>();
        String in = "oifname \"" + net.link() + "\" iifname != \"" + net.link() + "\" ";
        rules.add(new RuleExplanation(
                "ip foreign",
                "ip daddr " + net.subnet() + " iifname != { \"lo\", \"" + net.link() + "\", \"" + other.link()
                        + "\" } drop",
                ""));
        rules.add(new RuleExplanation("ip between", in + "drop", ""));
        for (String element : open) {
            rules.add(new RuleExplanation("ip set open", element, ""));
        }
        return new Place(place.network(), place.bridge(), place.endpoint(), false, rules);
    }

    /** On a network that has IPv6 only, fd00::/64, with elements of the map {@code any}. */
    static Place six(Net net, int last, String... elements) {
        List<RuleExplanation> rules = new ArrayList<>();
        rules.add(new RuleExplanation("ip6 published", "dnat ip6 to meta l4proto . th dport map @any", ""));
        rules.add(new RuleExplanation("ip6 prerouting", "iifname != \"" + net.link() + "\" jump published", ""));
        rules.add(new RuleExplanation("ip6 output", "ip6 daddr != { ::1, fe80::/10 } jump published", ""));
        for (String element : elements) {
            rules.add(new RuleExplanation("ip6 map any", element, ""));
        }
        Network network =
                network(net, new Network.Pool(Subnet.of(ip("fd00::"), 64), null, ip("fd00::1"), Map.of(), true));
        EndpointRecord endpoint = new EndpointRecord(
                network.id(), "%011d0".formatted(last), "", 0, "", "fd00::" + last, 64, "fd00::1", "");
        BridgeFacts bridge = java.util.Objects.requireNonNull(place(net, last).bridge());
        return new Place(network, bridge, endpoint, false, rules);
    }

    static Party party(String name, Place... places) {
        return new Party(name, name, name, "running", 100, 1, Party.Namespace.OWN, List.of(places));
    }

    /** What is inside: one interface for each place, routes, and a way out by the first that has one. */
    static Inside inside(Place... places) {
        List<Netlink.Link> links = new ArrayList<>();
        List<Netlink.Address> addresses = new ArrayList<>();
        List<Netlink.Route> routes = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            EndpointRecord endpoint = places[i].endpoint();
            links.add(new Netlink.Link(i + 2, "eth" + i, 1500, null, "veth", 0, 0, UP));
            int prefix = Math.max(endpoint.prefix(), endpoint.prefix6());
            addresses.add(new Netlink.Address(i + 2, places[i].address(), prefix, null));
            Subnet subnet = Subnet.of(places[i].address(), prefix);
            routes.add(new Netlink.Route(subnet.base(), subnet.prefix(), null, i + 2, 0));
            if (i == 0 && !endpoint.gateway().isEmpty()) {
                routes.add(new Netlink.Route(null, 0, ip(endpoint.gateway()), i + 2, 0));
            }
        }
        return new Inside(links, addresses, routes, List.of());
    }

    /** The host, with bridges for these places and their host ends plugged in. */
    static Inside host(List<DroppingChain> dropping, Place... places) {
        List<Netlink.Link> links = new ArrayList<>();
        List<Netlink.Address> addresses = new ArrayList<>();
        List<Netlink.Route> routes = new ArrayList<>();
        links.add(new Netlink.Link(2, "eth0", 1500, null, "", 0, 0, UP));
        routes.add(new Netlink.Route(null, 0, ip("192.0.2.1"), 2, 0));
        for (Place place : places) {
            Network.Pool pool = place.network().pools().getFirst();
            int index = place.network().name().length() * 100;
            String bridge = "br-" + place.network().name();
            if (links.stream().noneMatch(link -> link.name().equals(bridge))) {
                links.add(new Netlink.Link(index, bridge, 1500, null, "bridge", 0, 0, UP));
                addresses.add(new Netlink.Address(
                        index,
                        java.util.Objects.requireNonNull(pool.gateway()),
                        pool.subnet().prefix(),
                        null));
                routes.add(new Netlink.Route(pool.subnet().base(), pool.subnet().prefix(), null, index, 0));
            }
            links.add(new Netlink.Link(
                    1000 + links.size(), place.endpoint().hostInterface(), 1500, null, "veth", index, 0, UP));
        }
        return new Inside(links, addresses, routes, dropping);
    }

    static Listener listener(String address, int port, boolean holder) {
        return new Listener(
                ip(address),
                new ContainerPort(port, Transport.TCP),
                holder ? 50 : 101,
                List.of(holder ? "cairn-ports" : "httpd"),
                "",
                holder);
    }

    static PublishedPort published(String address, int hostPort, int port) {
        return new PublishedPort(new ContainerPort(port, Transport.TCP), ip(address), hostPort);
    }
}
