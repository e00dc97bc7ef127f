package cairn.engine.network;

import cairn.engine.network.PortElement.Lookup;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What there is to be enforced at a bridge, and how that is said in nft(8)'s language.
 *
 * @param bridge name of the interface
 * @param further names of bridges that are joined to it
 * @param ipv4 and @param ipv6 null without that family
 * @param internal whether nothing may pass between the network and anything but the bridge itself
 * @param icc whether its containers may reach each other
 * @param trusted names of interfaces that what comes from may go on to published ports at containers' own addresses
 */
record TableRules(
        String bridge,
        List<String> further,
        @Nullable BridgeFamily ipv4,
        @Nullable BridgeFamily ipv6,
        boolean internal,
        boolean icc,
        List<String> trusted) {
    TableRules {
        further = List.copyOf(further);
        trusted = List.copyOf(trusted);
    }

    private @Nullable BridgeFamily of(TableFamily family) {
        return family == TableFamily.IPV6 ? ipv6 : ipv4;
    }

    private boolean has(PortElement element) {
        BridgeFamily family = of(element.family());
        return family != null && lookups(element.family(), family).contains(element.lookup());
    }

    /** Other modes let more in than that, from everywhere, or nothing. */
    private boolean trusts(BridgeFamily its) {
        return !trusted.isEmpty() && !internal && its.mode() == GatewayMode.NAT;
    }

    private List<Lookup> lookups(TableFamily family, BridgeFamily its) {
        List<Lookup> lookups = new ArrayList<>(family.lookups(its.mode()));
        if (trusts(its)) {
            lookups.add(Lookup.OPEN);
        }
        return lookups;
    }

    /** The whole table, of both families, in nft's language. */
    String table(String name, List<PortElement> elements) {
        StringBuilder text = new StringBuilder();
        for (TableFamily family : TableFamily.values()) {
            BridgeFamily its = of(family);
            if (its != null) {
                String table = family.table + " " + name;
                text.append(gone(table) + "table " + table + " {\n");
                published(text, family, its);
                restrictions(text, family, its);
                text.append("}\n");
            }
        }
        return text.append(change("add", name, elements)).toString();
    }

    private void published(StringBuilder text, TableFamily family, BridgeFamily its) {
        List<Lookup> lookups = lookups(family, its);
        for (Lookup lookup : lookups) {
            text.append("  " + lookup.definition(family) + "\n  }\n");
        }
        if (lookups.contains(Lookup.ANY)) {
            // The containers' own traffic to the host's ports goes through user space, so that its answers come back
            // the same way.
            text.append("""
                      chain published {
                        dnat %1$s to %1$s daddr . meta l4proto . th dport map @one
                        dnat %1$s to meta l4proto . th dport map @any
                      }
                      chain prerouting {
                        type nat hook prerouting priority dstnat; policy accept;
                        iifname != "%2$s" %3$sfib daddr type local jump published
                      }
                      chain output {
                        type nat hook output priority -100; policy accept;
                        %4$s fib daddr type local jump published
                      }
                    """.formatted(family.table, bridge, family.translated, family.translatedOwn));
        }
    }

    private void restrictions(StringBuilder text, TableFamily family, BridgeFamily its) {
        Subnet subnet = its.subnet();
        boolean closed = internal || its.mode() == GatewayMode.NAT && its.masquerade();
        List<String> early = new ArrayList<>();
        List<String> forward = new ArrayList<>();
        String names = switches(text);
        if (!names.isEmpty()) {
            early.add("iifname " + names + " notrack accept");
        }
        if (internal) {
            early.add(
                    "iifname \"%s\" %s daddr != { %s, %s } drop".formatted(bridge, family.table, subnet, family.local));
            forward.add("iifname \"%1$s\" oifname != \"%1$s\" drop".formatted(bridge));
            forward.add("oifname \"%1$s\" iifname != \"%1$s\" drop".formatted(bridge));
        } else if (!closed || trusts(its)) {
            forward.addAll(admitted(family, its));
        }
        if (!icc) {
            forward.add("iifname \"%1$s\" oifname \"%1$s\" drop".formatted(bridge));
        }
        if (closed) {
            InetAddress own = its.address();
            if (own != null) {
                // The host as its other networks know it is not closed to them.
                early.add("%s daddr %s iifgroup %d accept".formatted(family.table, Subnet.format(own), Bridge.GROUP));
            }
            List<String> admitted = new ArrayList<>(List.of(bridge, "lo"));
            if (trusts(its)) {
                admitted.addAll(trusted);
            }
            early.add("%s daddr %s iifname != %s drop".formatted(family.table, subnet, set(admitted)));
        }
        chain(text, "foreign", "type filter hook prerouting priority raw; policy accept;", early);
        chain(text, "between", "type filter hook forward priority filter; policy accept;", forward);
        if (its.masquerade() && !internal) {
            chain(
                    text,
                    "postrouting",
                    "type nat hook postrouting priority srcnat; policy accept;",
                    List.of("%s saddr %s oifname != \"%s\" masquerade".formatted(family.table, subnet, bridge)));
        }
    }

    /** What may come in where containers' addresses are known to others, so that answers come to them and have to be let through. */
    private List<String> admitted(TableFamily family, BridgeFamily its) {
        GatewayMode mode = its.mode();
        String in = "oifname \"%1$s\" iifname != \"%1$s\" ".formatted(bridge);
        if (mode == GatewayMode.NAT_UNPROTECTED) {
            // From other machines everything may; yet networks of containers are apart.
            in += "iifgroup " + Bridge.GROUP + " ";
        }
        String open = family.table + " daddr . meta l4proto . th dport @open accept";
        List<String> rules = new ArrayList<>();
        rules.add(in + "ct state established,related accept");
        if (mode == GatewayMode.ROUTED) {
            rules.add(in + "meta l4proto " + family.icmp + " accept");
            rules.add(in + open);
        } else {
            rules.add(in + "ct status dnat accept");
            if (trusts(its)) {
                rules.add(in + "iifname " + set(trusted) + " " + open);
            }
        }
        rules.add(in + "drop");
        return rules;
    }

    /**
     * A further bridge is a switch. Where bridge netfilter is on, its packets come by here and once more on the first bridge, where they are looked
     * at: connection tracking that has seen them before would not translate addresses any more. And nothing is for the host that comes in
     * on such a bridge, other than by the first one.
     *
     * @return their names as a set, empty for none
     */
    private String switches(StringBuilder text) {
        if (further.isEmpty()) {
            return "";
        }
        String names = set(further);
        chain(
                text,
                "further_input",
                "type filter hook input priority filter; policy accept;",
                List.of("iifname " + names + " drop"));
        chain(
                text,
                "further_forward",
                "type filter hook forward priority filter; policy accept;",
                List.of("iifname " + names + " oifname != " + names + " drop"));
        return names;
    }

    private static String set(List<String> interfaces) {
        return "{ \"" + String.join("\", \"", interfaces) + "\" }";
    }

    private static void chain(StringBuilder text, String name, String type, List<String> rules) {
        if (!rules.isEmpty()) {
            text.append("  chain " + name + " {\n    " + type + "\n");
            rules.forEach(rule -> text.append("    " + rule + "\n"));
            text.append("  }\n");
        }
    }

    /** @param verb {@code add} or {@code delete}; empty if nothing of that is in the table */
    String change(String verb, String name, List<PortElement> elements) {
        StringBuilder text = new StringBuilder();
        for (TableFamily family : TableFamily.values()) {
            for (Lookup lookup : Lookup.values()) {
                List<String> members = new ArrayList<>();
                for (PortElement element : elements) {
                    if (element.family() == family && element.lookup() == lookup && has(element)) {
                        members.add(verb.equals("add") ? element.text() : element.key());
                    }
                }
                if (!members.isEmpty()) {
                    text.append(verb + " element " + family.table + " " + name + " " + lookup + " { "
                            + String.join(", ", members) + " }\n");
                }
            }
        }
        return text.toString();
    }

    /** Adding it first keeps the transaction from failing where there is none. */
    static String gone(String table) {
        return "add table %1$s\ndelete table %1$s\n".formatted(table);
    }
}
