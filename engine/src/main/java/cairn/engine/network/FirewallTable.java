package cairn.engine.network;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One nftables table of our own for a bridge, of family {@code ip}, and one of the same name of family {@code ip6} where it has IPv6. Their
 * rules are put in place as a whole in one transaction; published ports are elements of two maps, so that neither a packet nor a change costs
 * more when there are many. Nobody else's rules are read or changed.
 */
final class FirewallTable {
    private static final System.Logger LOG = System.getLogger(FirewallTable.class.getName());

    /**
     * What there is to be enforced.
     *
     * @param bridge name of the interface
     * @param ipv4 and @param ipv6 the bridge's own addresses and their networks, null for none
     * @param internal whether nothing may pass between the network and anything but the bridge itself
     * @param icc whether its containers may reach each other
     */
    record Rules(
            String bridge,
            @Nullable InterfaceAddress ipv4,
            @Nullable InterfaceAddress ipv6,
            boolean masquerade,
            boolean internal,
            boolean icc) {}

    /** Where packets for a host's port go; without a host address for those to all of the host's. */
    record Element(@Nullable String hostAddress, Transport transport, int hostPort, String target, int targetPort) {
        private String key() {
            return (hostAddress == null ? "" : hostAddress + " . ") + transport + " . " + hostPort;
        }

        private String text() {
            return key() + " : " + target + " . " + targetPort;
        }
    }

    private final String name;
    private final boolean allowed;
    private final Nftables nftables;
    private final Map<String, List<Element>> elements = new LinkedHashMap<>();
    private @Nullable Rules rules;
    private @Nullable String fault;

    /** @param allowed whether there may be a table at all */
    FirewallTable(String bridge, boolean allowed, Nftables nftables) {
        this.nftables = nftables;
        this.name = "cairn_" + bridge.replaceAll("[^A-Za-z0-9_]", "_");
        this.allowed = allowed;
        this.fault = allowed ? null : "it is switched off";
    }

    String name() {
        return name;
    }

    /** Why there is no table, null while there is one: then published ports go through user space alone. */
    synchronized @Nullable String fault() {
        return fault;
    }

    /** Puts the table in place, with the ports that are known. Without a firewall, that is told once and no error. */
    synchronized void put(Rules wanted) {
        rules = wanted;
        replace();
    }

    /** Somebody has changed it. */
    synchronized void repair() {
        if (rules != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "somebody has changed the firewall table {0}; it is put in place again",
                    name);
            replace();
        }
    }

    private void replace() {
        Rules wanted = rules;
        if (wanted == null || !allowed) {
            return;
        }
        try {
            nftables.transact(text(name, wanted, all()));
            fault = null;
        } catch (NftablesException e) {
            if (fault == null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "no firewall ({0}): published ports go through user space, and containers reach other hosts only where those"
                                + " know a way back",
                        e.getMessage());
            }
            fault = e.getMessage();
        }
    }

    private List<Element> all() {
        List<Element> all = new ArrayList<>();
        elements.values().forEach(all::addAll);
        return all;
    }

    /** The whole table, in nft's language. */
    static String text(String name, Rules rules, List<Element> elements) {
        StringBuilder text = new StringBuilder();
        if (rules.ipv4() != null) {
            // The containers' own traffic to the host's ports goes through user space, so that its answers come back
            // the
            // same way.
            text.append(fresh("ip " + name)).append("""
                      map any {
                        type inet_proto . inet_service : ipv4_addr . inet_service
                      }
                      map one {
                        type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                      }
                      chain published {
                        dnat ip to ip daddr . meta l4proto . th dport map @one
                        dnat ip to meta l4proto . th dport map @any
                      }
                      chain prerouting {
                        type nat hook prerouting priority dstnat; policy accept;
                        iifname != "%1$s" fib daddr type local jump published
                      }
                      chain output {
                        type nat hook output priority -100; policy accept;
                        ip daddr != 127.0.0.0/8 fib daddr type local jump published
                      }
                    """.formatted(rules.bridge()));
            restrictions(text, rules, rules.ipv4(), "ip", "224.0.0.0/4, 255.255.255.255");
            text.append("}\n").append(change("add", "ip " + name, elements));
        }
        if (rules.ipv6() != null) {
            text.append(fresh("ip6 " + name));
            restrictions(text, rules, rules.ipv6(), "ip6", "fe80::/10, ff00::/8");
            text.append("}\n");
        }
        return text.toString();
    }

    private static String fresh(String table) {
        return gone(table) + "table " + table + " {\n";
    }

    /** @param local addresses beside the network's own that an internal network may speak to */
    private static void restrictions(
            StringBuilder text, Rules rules, InterfaceAddress address, String family, String local) {
        String bridge = rules.bridge();
        Subnet subnet = address.subnet();
        List<String> early = new ArrayList<>();
        List<String> forward = new ArrayList<>();
        if (rules.internal()) {
            early.add("iifname \"%s\" %s daddr != { %s, %s } drop".formatted(bridge, family, subnet, local));
            forward.add("iifname \"%1$s\" oifname != \"%1$s\" drop".formatted(bridge));
            forward.add("oifname \"%1$s\" iifname != \"%1$s\" drop".formatted(bridge));
        } else if (!rules.masquerade()) {
            // It is meant to be routed, and answers come to its addresses; yet not from other networks of containers.
            String other = "oifname \"%1$s\" iifname != \"%1$s\" iifgroup %2$d ".formatted(bridge, Bridge.GROUP);
            forward.add(other + "ct state established,related accept");
            forward.add(other + "ct status dnat accept");
            forward.add(other + "drop");
        }
        if (!rules.icc()) {
            forward.add("iifname \"%1$s\" oifname \"%1$s\" drop".formatted(bridge));
        }
        if (rules.masquerade() || rules.internal()) {
            // The host as its other networks know it is not closed to them.
            early.add(
                    "%s daddr %s iifgroup %d accept".formatted(family, Subnet.format(address.address()), Bridge.GROUP));
            early.add("%s daddr %s iifname != { \"%s\", \"lo\" } drop".formatted(family, subnet, bridge));
        }
        chain(text, "foreign", "type filter hook prerouting priority raw; policy accept;", early);
        chain(text, "between", "type filter hook forward priority filter; policy accept;", forward);
        if (rules.masquerade() && !rules.internal()) {
            chain(
                    text,
                    "postrouting",
                    "type nat hook postrouting priority srcnat; policy accept;",
                    List.of("%s saddr %s oifname != \"%s\" masquerade".formatted(family, subnet, bridge)));
        }
    }

    private static void chain(StringBuilder text, String name, String type, List<String> rules) {
        if (!rules.isEmpty()) {
            text.append("  chain " + name + " {\n    " + type + "\n");
            rules.forEach(rule -> text.append("    " + rule + "\n"));
            text.append("  }\n");
        }
    }

    private static String change(String verb, String table, List<Element> elements) {
        StringBuilder text = new StringBuilder();
        for (String map : List.of("any", "one")) {
            List<String> members = new ArrayList<>();
            for (Element element : elements) {
                if (map.equals("any") == (element.hostAddress() == null)) {
                    members.add(verb.equals("add") ? element.text() : element.key());
                }
            }
            if (!members.isEmpty()) {
                text.append(verb + " element " + table + " " + map + " { " + String.join(", ", members) + " }\n");
            }
        }
        return text.toString();
    }

    /** A container's ports, in one transaction; they come with {@link #put} if the table is not there yet. */
    synchronized void add(String id, String target, List<PublishedPort> ports) {
        List<Element> added = elements(target, ports);
        remove(id);
        if (added.isEmpty()) {
            return;
        }
        elements.put(id, added);
        change("add", added);
    }

    synchronized void remove(String id) {
        List<Element> removed = elements.remove(id);
        if (removed != null) {
            change("delete", removed);
        }
    }

    private void change(String verb, List<Element> changed) {
        Rules known = rules;
        if (known == null || known.ipv4() == null) {
            return;
        }
        if (fault == null) {
            try {
                nftables.transact(change(verb, "ip " + name, changed));
                return;
            } catch (NftablesException e) {
                // Somebody has flushed the table just now.
                LOG.log(System.Logger.Level.INFO, "firewall table {0}: {1}", name, e.getMessage());
            }
        }
        replace();
    }

    /** Loopback ports have none: the kernel's rules never see what comes for them from outside. Nor has IPv6. */
    static List<Element> elements(String target, List<PublishedPort> ports) {
        List<Element> elements = new ArrayList<>();
        for (PublishedPort port : ports) {
            if (port.hostAddress() instanceof Inet4Address address && !address.isLoopbackAddress()) {
                elements.add(new Element(
                        address.isAnyLocalAddress() ? null : address.getHostAddress(),
                        port.port().transport(),
                        port.hostPort(),
                        target,
                        port.port().number()));
            }
        }
        return elements;
    }

    /** Takes the tables of these families away, also where an earlier daemon has put them in place: the bridge goes. */
    synchronized void delete(boolean ipv4, boolean ipv6) {
        rules = null;
        if (allowed) {
            nftables.transact((ipv4 ? gone("ip " + name) : "") + (ipv6 ? gone("ip6 " + name) : ""));
        }
    }

    /** Adding it first keeps the transaction from failing where there is none. */
    private static String gone(String table) {
        return "add table %1$s\ndelete table %1$s\n".formatted(table);
    }
}
