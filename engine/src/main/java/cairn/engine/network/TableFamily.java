package cairn.engine.network;

import cairn.engine.network.PortElement.Lookup;
import java.net.InetAddress;
import java.util.List;

/** The two families of tables in nftables that there are for addresses, and what they have for the same thing. */
enum TableFamily {
    IPV4("ip", "", "ip daddr != 127.0.0.0/8", "icmp", "224.0.0.0/4, 255.255.255.255"),
    IPV6("ip6", "ip6 saddr != fe80::/10 ", "ip6 daddr != { ::1, fe80::/10 }", "ipv6-icmp", "fe80::/10, ff00::/8");

    final String table;
    /** What is translated of what comes in: not what comes from an address of a single link, which is not forwarded. */
    final String translated;
    /** The same of what the host sends itself: not what is for its loopback. */
    final String translatedOwn;

    final String icmp;
    /** Addresses beside the network's own that an internal network may speak to. */
    final String local;

    TableFamily(String table, String translated, String translatedOwn, String icmp, String local) {
        this.table = table;
        this.translated = translated;
        this.translatedOwn = translatedOwn;
        this.icmp = icmp;
        this.local = local;
    }

    static TableFamily of(InetAddress address) {
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
