package cairn.engine.explain;

import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Member;
import cairn.engine.network.Network;
import cairn.engine.network.Networks;
import cairn.engine.network.Subnet;
import cairn.linux.LinuxException;
import cairn.linux.Netlink;
import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import cairn.wire.explain.BridgeExplanation;
import cairn.wire.explain.MemberExplanation;
import cairn.wire.explain.RuleExplanation;
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
        String table = network.driver() == Network.Driver.BRIDGE ? networks.tableName(network) : "";
        return new BridgeExplanation(
                network.name(),
                network.id(),
                network.driver().toString(),
                network.internal(),
                subnets(network),
                name,
                name.isEmpty() ? "" : link == null ? "missing" : link.isUp() ? "up, mtu " + link.mtu() : "down",
                addresses,
                routes,
                members(network, links, link),
                table,
                table.isEmpty() ? List.of() : rules(table));
    }

    private static List<String> subnets(Network network) {
        List<String> subnets = new ArrayList<>();
        for (Network.Pool pool : network.pools()) {
            subnets.add(pool.subnet()
                    + (pool.gateway() == null ? "" : ", gateway " + Subnet.format(pool.gateway()))
                    + (pool.range() == null ? "" : ", containers in " + pool.range())
                    + (pool.given() ? "" : ", chosen"));
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
            Network network, Map<String, Netlink.Link> links, Netlink.@Nullable Link bridge) {
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
                    end != null && bridge != null && end.master() == bridge.index()));
        }
        return members;
    }

    // ---- rules

    private static List<RuleExplanation> rules(String table) {
        List<RuleExplanation> rules = new ArrayList<>();
        for (String family : List.of("ip", "ip6")) {
            try {
                read(family, Nftables.run("list table " + family + " " + table), rules);
            } catch (NftablesException e) {
                // Without that family there is none, and perhaps no firewall at all.
            }
        }
        return rules;
    }

    /** What nft prints: chains in braces, in them a line for the hook and one for each rule; maps have their elements. */
    private static void read(String family, String listing, List<RuleExplanation> rules) {
        String block = "";
        StringBuilder elements = new StringBuilder();
        boolean inElements = false;
        for (String raw : listing.split("\n", -1)) {
            String line = raw.strip();
            if (line.startsWith("chain ") || line.startsWith("map ")) {
                block = line.substring(line.indexOf(' ') + 1, line.indexOf(" {"));
                inElements = false;
            } else if (line.startsWith("elements = {") || inElements) {
                inElements = !line.endsWith("}");
                elements.append(line.replace("elements = {", " ").replace("}", " "));
                if (!inElements) {
                    for (String element : elements.toString().split(",", -1)) {
                        rules.add(new RuleExplanation(family + " map " + block, element.strip(), published(element)));
                    }
                    elements.setLength(0);
                }
            } else if (!line.isEmpty()
                    && !line.equals("}")
                    && !line.startsWith("type ")
                    && !line.startsWith("table ")) {
                rules.add(new RuleExplanation(family + " " + block, line, meaning(block, line)));
            }
        }
    }

    private static String published(String element) {
        String[] sides = element.split(" : ", 2);
        return sides.length < 2
                ? ""
                : "port " + last(sides[0]) + " of the host leads to "
                        + sides[1].strip().replace(" . ", ":");
    }

    private static String last(String key) {
        String[] parts = key.strip().split(" \\. ", -1);
        return parts[parts.length - 1] + "/" + parts[parts.length - 2];
    }

    private static String meaning(String chain, String rule) {
        boolean drop = rule.endsWith("drop");
        return switch (chain) {
            case "published" -> "a published port: the destination becomes the container's";
            case "prerouting" ->
                "what comes from elsewhere for an address of the host: looked up among published ports";
            case "output" -> "what the host itself sends to one of its addresses, not to its loopback: the same";
            case "postrouting" -> "what leaves the network gets the address of the host";
            case "foreign" ->
                !drop
                        ? "other networks of containers may speak to the host at its address here"
                        : rule.contains("daddr !=")
                                ? "nothing leaves an internal network, not even to other addresses of the host"
                                : "nobody outside may send to containers' addresses directly";
            case "between" ->
                rule.contains("established")
                        ? "answers may come in"
                        : rule.contains("dnat")
                                ? "published ports may be reached"
                                : rule.contains("iifgroup")
                                        ? "other networks of containers may not come in"
                                        : rule.contains("!=")
                                                ? "nothing is forwarded in or out of an internal network"
                                                : "containers may not reach each other";
            default -> "";
        };
    }
}
