package cairn.engine.network;

import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One nftables table of our own for a bridge, of family {@code ip}, and one of the same name of family {@code ip6} where it has IPv6. Their
 * rules are put in place as a whole in one transaction; published ports are elements of maps and sets, so that neither a packet nor a change
 * costs more when there are many. Nobody else's rules are read or changed.
 */
final class FirewallTable {
    private static final System.Logger LOG = System.getLogger(FirewallTable.class.getName());

    /** What the two families have for the same thing. */
    private enum Family {
        IPV4("ip", "", "ip daddr != 127.0.0.0/8", "icmp", "224.0.0.0/4, 255.255.255.255"),
        IPV6("ip6", "ip6 saddr != fe80::/10 ", "ip6 daddr != { ::1, fe80::/10 }", "ipv6-icmp", "fe80::/10, ff00::/8");

        private final String table;
        /** What is translated of what comes in: not what comes from an address of a single link, which is not forwarded. */
        private final String translated;
        /** The same of what the host sends itself: not what is for its loopback. */
        private final String translatedOwn;

        private final String icmp;
        /** Addresses beside the network's own that an internal network may speak to. */
        private final String local;

        Family(String table, String translated, String translatedOwn, String icmp, String local) {
            this.table = table;
            this.translated = translated;
            this.translatedOwn = translatedOwn;
            this.icmp = icmp;
            this.local = local;
        }

        static Family of(InetAddress address) {
            return Subnet.v6(address) ? IPV6 : IPV4;
        }

        /** What a table of this family knows published ports by. */
        List<Lookup> lookups(GatewayMode mode) {
            return switch (mode) {
                case NAT, NAT_UNPROTECTED -> List.of(Lookup.ANY, Lookup.ONE);
                case ROUTED -> List.of(Lookup.OPEN);
                case ISOLATED -> List.of();
            };
        }
    }

    /** Where a table looks published ports up. */
    private enum Lookup {
        /** Ports on all addresses of the host, and where they lead. */
        ANY,
        /** Ports on one address of the host. */
        ONE,
        /** Ports of containers' own addresses that others may speak to. */
        OPEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        String definition(Family family) {
            String address = family == Family.IPV6 ? "ipv6_addr" : "ipv4_addr";
            return switch (this) {
                case ANY -> "map any {\n    type inet_proto . inet_service : " + address + " . inet_service";
                case ONE ->
                    "map one {\n    type " + address + " . inet_proto . inet_service : " + address + " . inet_service";
                case OPEN -> "set open {\n    type " + address + " . inet_proto . inet_service";
            };
        }
    }

    /**
     * What there is to be enforced.
     *
     * @param bridge name of the interface
     * @param further names of bridges that are joined to it
     * @param ipv4 and @param ipv6 null without that family
     * @param internal whether nothing may pass between the network and anything but the bridge itself
     * @param icc whether its containers may reach each other
     */
    record Rules(
            String bridge,
            List<String> further,
            @Nullable BridgeFamily ipv4,
            @Nullable BridgeFamily ipv6,
            boolean internal,
            boolean icc) {
        Rules {
            further = List.copyOf(further);
        }

        private @Nullable BridgeFamily of(Family family) {
            return family == Family.IPV6 ? ipv6 : ipv4;
        }

        private boolean has(Element element) {
            BridgeFamily family = of(element.family());
            return family != null && element.family().lookups(family.mode()).contains(element.lookup());
        }
    }

    /** A published port. @param target where packets for it go; null where they have come already */
    record Element(
            Family family,
            Lookup lookup,
            String key,
            @Nullable String target) {
        private String text() {
            return target == null ? key : key + " : " + target;
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

    /** The whole table, of both families, in nft's language. */
    static String text(String name, Rules rules, List<Element> elements) {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            BridgeFamily its = rules.of(family);
            if (its != null) {
                text.append(fresh(family.table + " " + name));
                published(text, rules, family, its);
                restrictions(text, rules, family, its);
                text.append("}\n");
            }
        }
        return text.append(change("add", name, rules, elements)).toString();
    }

    private static void published(StringBuilder text, Rules rules, Family family, BridgeFamily its) {
        List<Lookup> lookups = family.lookups(its.mode());
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
                    """.formatted(family.table, rules.bridge(), family.translated, family.translatedOwn));
        }
    }

    private static String fresh(String table) {
        return gone(table) + "table " + table + " {\n";
    }

    private static void restrictions(StringBuilder text, Rules rules, Family family, BridgeFamily its) {
        String bridge = rules.bridge();
        Subnet subnet = its.subnet();
        boolean closed = rules.internal() || its.mode() == GatewayMode.NAT && its.masquerade();
        List<String> early = new ArrayList<>();
        List<String> forward = new ArrayList<>();
        String further = further(text, rules);
        if (!further.isEmpty()) {
            early.add("iifname " + further + " notrack accept");
        }
        if (rules.internal()) {
            early.add(
                    "iifname \"%s\" %s daddr != { %s, %s } drop".formatted(bridge, family.table, subnet, family.local));
            forward.add("iifname \"%1$s\" oifname != \"%1$s\" drop".formatted(bridge));
            forward.add("oifname \"%1$s\" iifname != \"%1$s\" drop".formatted(bridge));
        } else if (!closed) {
            forward.addAll(admitted(bridge, family, its.mode()));
        }
        if (!rules.icc()) {
            forward.add("iifname \"%1$s\" oifname \"%1$s\" drop".formatted(bridge));
        }
        if (closed) {
            InetAddress own = its.address();
            if (own != null) {
                // The host as its other networks know it is not closed to them.
                early.add("%s daddr %s iifgroup %d accept".formatted(family.table, Subnet.format(own), Bridge.GROUP));
            }
            early.add("%s daddr %s iifname != { \"%s\", \"lo\" } drop".formatted(family.table, subnet, bridge));
        }
        chain(text, "foreign", "type filter hook prerouting priority raw; policy accept;", early);
        chain(text, "between", "type filter hook forward priority filter; policy accept;", forward);
        if (its.masquerade() && !rules.internal()) {
            chain(
                    text,
                    "postrouting",
                    "type nat hook postrouting priority srcnat; policy accept;",
                    List.of("%s saddr %s oifname != \"%s\" masquerade".formatted(family.table, subnet, bridge)));
        }
    }

    /** What may come in where containers' addresses are known to others, so that answers come to them and have to be let through. */
    private static List<String> admitted(String bridge, Family family, GatewayMode mode) {
        String in = "oifname \"%1$s\" iifname != \"%1$s\" ".formatted(bridge);
        if (mode == GatewayMode.NAT_UNPROTECTED) {
            // From other machines everything may; yet networks of containers are apart.
            in += "iifgroup " + Bridge.GROUP + " ";
        }
        List<String> rules = new ArrayList<>();
        rules.add(in + "ct state established,related accept");
        if (mode == GatewayMode.ROUTED) {
            rules.add(in + "meta l4proto " + family.icmp + " accept");
            rules.add(in + family.table + " daddr . meta l4proto . th dport @open accept");
        } else {
            rules.add(in + "ct status dnat accept");
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
    private static String further(StringBuilder text, Rules rules) {
        if (rules.further().isEmpty()) {
            return "";
        }
        String names = "{ \"" + String.join("\", \"", rules.further()) + "\" }";
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

    private static void chain(StringBuilder text, String name, String type, List<String> rules) {
        if (!rules.isEmpty()) {
            text.append("  chain " + name + " {\n    " + type + "\n");
            rules.forEach(rule -> text.append("    " + rule + "\n"));
            text.append("  }\n");
        }
    }

    private static String change(String verb, String name, Rules rules, List<Element> elements) {
        StringBuilder text = new StringBuilder();
        for (Family family : Family.values()) {
            for (Lookup lookup : Lookup.values()) {
                List<String> members = new ArrayList<>();
                for (Element element : elements) {
                    if (element.family() == family && element.lookup() == lookup && rules.has(element)) {
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

    /** A container's ports, in one transaction; they come with {@link #put} if the table is not there yet. */
    synchronized void add(String id, List<Element> added) {
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
        String text = known == null ? "" : change(verb, name, known, changed);
        if (text.isEmpty()) {
            return;
        }
        if (fault == null) {
            try {
                nftables.transact(text);
                return;
            } catch (NftablesException e) {
                // Somebody has flushed the table just now.
                LOG.log(System.Logger.Level.INFO, "firewall table {0}: {1}", name, e.getMessage());
            }
        }
        replace();
    }

    /**
     * Those of a family. Ports of the loopback have none, for the kernel's rules never see what comes for them from outside; nor have those
     * that lead to the container's address of the other family, which are relayed.
     */
    static List<Element> elements(boolean v6, PortTargets targets, List<PublishedPort> ports) {
        Set<Element> elements = new LinkedHashSet<>();
        for (PublishedPort port : ports) {
            InetAddress host = port.hostAddress();
            InetAddress target = targets.behind(host);
            if (Subnet.v6(host) != v6 || target == null || Subnet.v6(target) != v6 || host.isLoopbackAddress()) {
                continue;
            }
            String to = Subnet.format(target);
            Transport transport = port.port().transport();
            int number = port.port().number();
            Family family = Family.of(host);
            if (port.routed()) {
                elements.add(new Element(family, Lookup.OPEN, to + " . " + transport + " . " + number, null));
            } else {
                boolean any = host.isAnyLocalAddress();
                String key = (any ? "" : port.hostIp() + " . ") + transport + " . " + port.hostPort();
                elements.add(new Element(family, any ? Lookup.ANY : Lookup.ONE, key, to + " . " + number));
            }
        }
        return List.copyOf(elements);
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
