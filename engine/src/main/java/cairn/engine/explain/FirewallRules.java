package cairn.engine.explain;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import cairn.wire.explain.RuleExplanation;
import java.util.ArrayList;
import java.util.List;

/** The rules of a network's table in the firewall as the kernel has them, each with what it does. */
public final class FirewallRules {
    private FirewallRules() {}

    /** Of a network's table in both families; empty without a firewall. */
    public static List<RuleExplanation> of(String table) {
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
    static void read(String family, String listing, List<RuleExplanation> rules) {
        String block = "";
        String kind = "";
        StringBuilder elements = new StringBuilder();
        boolean inElements = false;
        for (String raw : listing.split("\n", -1)) {
            String line = raw.strip();
            if (line.startsWith("chain ") || line.startsWith("map ") || line.startsWith("set ")) {
                block = line.substring(line.indexOf(' ') + 1, line.indexOf(" {"));
                kind = line.substring(0, line.indexOf(' '));
                inElements = false;
            } else if (line.startsWith("elements = {") || inElements) {
                inElements = !line.endsWith("}");
                elements.append(line.replace("elements = {", " ").replace("}", " "));
                if (!inElements) {
                    for (String element : elements.toString().split(",", -1)) {
                        rules.add(new RuleExplanation(
                                family + " " + kind + " " + block, element.strip(), published(element.strip())));
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
        int colon = element.indexOf(" : ");
        if (colon >= 0) {
            return "port " + port(element.substring(0, colon)) + " of the host leads to " + destination(element);
        }
        int address = element.indexOf(" . ");
        return address < 0
                ? ""
                : "port " + port(element) + " of " + element.substring(0, address) + " is open to others";
    }

    private static String port(String key) {
        String[] parts = key.split(" \\. ", -1);
        return parts[parts.length - 1] + "/" + parts[parts.length - 2];
    }

    /** The address and port that an element of a map leads to, as they are written elsewhere. */
    public static String destination(String element) {
        String[] parts = element.substring(element.indexOf(" : ") + 3).split(" \\. ", 2);
        String address = parts[0].indexOf(':') < 0 ? parts[0] : "[" + parts[0] + "]";
        return address + ":" + parts[parts.length - 1];
    }

    private static String meaning(String chain, String rule) {
        boolean drop = rule.endsWith("drop");
        return switch (chain) {
            case "published" -> "a published port: the destination becomes the container's";
            case "prerouting" ->
                "what comes from elsewhere for an address of the host: looked up among published ports";
            case "output" -> "what the host itself sends to one of its addresses, not to its loopback: the same";
            case "postrouting" -> "what leaves the network gets the address of the host";
            case "further_input" -> "a further bridge is a switch, and nothing is for the host there";
            case "further_forward" -> "a further bridge leads to the network's first one, and nowhere else";
            case "foreign" ->
                rule.contains("notrack")
                        ? "what passes a further bridge is looked at on the first one"
                        : !drop
                                ? "other networks of containers may speak to the host at its address here"
                                : rule.contains("daddr !=")
                                        ? "nothing leaves an internal network, not even to other addresses of the host"
                                        : "nobody outside may send to containers' addresses directly";
            case "between" ->
                rule.contains("established")
                        ? "answers may come in"
                        : rule.contains("dnat") ? "published ports may be reached" : admission(rule);
            default -> "";
        };
    }

    private static String admission(String rule) {
        if (rule.contains("icmp")) {
            return "pings and messages of routers may come in";
        }
        if (rule.contains("@open")) {
            return "published ports may be reached at containers' own addresses";
        }
        if (rule.contains("iifgroup")) {
            return "other networks of containers may not come in";
        }
        if (!rule.contains("!=")) {
            return "containers may not reach each other";
        }
        return rule.startsWith("iifname")
                ? "nothing leaves an internal network"
                : "nothing else comes in from elsewhere";
    }
}
