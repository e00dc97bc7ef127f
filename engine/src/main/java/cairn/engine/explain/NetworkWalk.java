package cairn.engine.explain;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.FurtherBridge;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.Member;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.Subnet;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import cairn.wire.explain.BridgeExplanation;
import cairn.wire.explain.MemberExplanation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A network taken apart: the link that it hangs on, who is plugged in, where packets go, and each rule of the firewall that is its own. */
public final class NetworkWalk {
    private final Networks networks;

    public NetworkWalk(Networks networks) {
        this.networks = networks;
    }

    /** @throws cairn.engine.error.EngineException NoSuchNetwork */
    public BridgeExplanation of(String ref) {
        Network network = networks.get(ref);
        String name = networks.hostLink(network);
        Map<String, Netlink.Link> links = new HashMap<>();
        List<String> addresses = new ArrayList<>();
        List<String> routes = new ArrayList<>();
        try (Netlink netlink = Netlink.open()) {
            netlink.links().forEach(link -> links.put(link.name(), link));
            Netlink.Link link = links.get(name);
            if (link != null) {
                addresses(netlink, link, addresses);
                routes(netlink, link, routes);
            }
        } catch (LinuxException e) {
            routes.add("not to be read: " + e.getMessage());
        }
        Netlink.Link link = links.get(name);
        BridgeFacts bridge = networks.bridgeFacts(network);
        List<FurtherBridge> further = bridge == null ? List.of() : bridge.further();
        String table = bridge == null ? "" : bridge.table();
        return new BridgeExplanation(
                network.name(),
                network.id(),
                network.driver().toString(),
                network.internal(),
                subnets(network, bridge),
                name,
                name.isEmpty() ? "" : state(link),
                further.stream().map(one -> text(one, links, link)).toList(),
                addresses,
                routes,
                members(network, links, link, further),
                table,
                table.isEmpty() ? List.of() : FirewallRules.of(table));
    }

    private static String state(Netlink.@Nullable Link link) {
        return link == null ? "missing" : link.isUp() ? "up, mtu " + link.mtu() : "down";
    }

    private static String text(FurtherBridge further, Map<String, Netlink.Link> links, Netlink.@Nullable Link first) {
        Netlink.Link link = links.get(further.name());
        return further.name() + ", " + state(link) + ", joined by " + further.up()
                + (isPlugged(links.get(further.up()), link) ? "" : " (MISSING)") + " and " + further.down()
                + (isPlugged(links.get(further.down()), first) ? "" : " (MISSING)");
    }

    private static boolean isPlugged(Netlink.@Nullable Link port, Netlink.@Nullable Link bridge) {
        return port != null && bridge != null && port.master() == bridge.index();
    }

    private static List<String> subnets(Network network, @Nullable BridgeFacts bridge) {
        List<String> subnets = new ArrayList<>();
        for (Network.Pool pool : network.pools()) {
            GatewayMode mode =
                    bridge == null ? GatewayMode.NAT : bridge.mode(pool.subnet().v6());
            subnets.add(pool.subnet()
                    + (pool.gateway() == null ? "" : ", gateway " + Subnet.format(pool.gateway()))
                    + (pool.range() == null ? "" : ", containers in " + pool.range())
                    + (pool.given() ? "" : ", chosen")
                    + (mode == GatewayMode.NAT ? "" : ", gateway mode " + mode));
        }
        return subnets;
    }

    private static void addresses(Netlink netlink, Netlink.Link link, List<String> found) {
        for (Netlink.Address address : netlink.addresses()) {
            if (address.index() == link.index()) {
                found.add(Subnet.format(address.address()) + "/" + address.prefix());
            }
        }
    }

    private static void routes(Netlink netlink, Netlink.Link link, List<String> found) {
        for (Netlink.Route route : netlink.routes()) {
            if (route.index() == link.index()) {
                found.add((route.destination() == null
                                ? "default"
                                : Subnet.format(route.destination()) + "/" + route.prefix())
                        + (route.gateway() == null ? "" : " via " + Subnet.format(route.gateway())));
            }
        }
    }

    private List<MemberExplanation> members(
            Network network,
            Map<String, Netlink.Link> links,
            Netlink.@Nullable Link bridge,
            List<FurtherBridge> further) {
        List<MemberExplanation> members = new ArrayList<>();
        for (Member member : networks.members(network.id())) {
            EndpointRecord endpoint = member.endpoint();
            List<String> addresses = new ArrayList<>();
            if (!endpoint.address().isEmpty()) {
                addresses.add(endpoint.address() + "/" + endpoint.prefix());
            }
            if (!endpoint.address6().isEmpty()) {
                addresses.add(endpoint.address6() + "/" + endpoint.prefix6());
            }
            boolean veth = network.driver() == Network.Driver.BRIDGE;
            Netlink.Link end = veth ? links.get(endpoint.hostInterface()) : null;
            members.add(new MemberExplanation(
                    member.containerName(),
                    member.names(),
                    addresses,
                    endpoint.macAddress(),
                    veth ? endpoint.hostInterface() : "",
                    isPlugged(end, bridge) || further.stream().anyMatch(one -> isPlugged(end, links.get(one.name())))));
        }
        return members;
    }
}
