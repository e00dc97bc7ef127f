package cairn.engine.network;

import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A published port as an element of a map or a set in a firewall table.
 *
 * @param target where packets for it go; null where they have come already
 */
record PortElement(
        TableFamily family,
        Lookup lookup,
        String key,
        @Nullable String target) {
    /** Where a table looks published ports up. */
    enum Lookup {
        /** Ports on all addresses of the host, and where they lead. */
        ANY,
        /** Ports on one address of the host. */
        ONE,
        /** Ports of containers' own addresses that others may speak to; {@link TableRules} knows whether there are such. */
        OPEN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        String definition(TableFamily family) {
            String address = family == TableFamily.IPV6 ? "ipv6_addr" : "ipv4_addr";
            return switch (this) {
                case ANY -> "map any {\n    type inet_proto . inet_service : " + address + " . inet_service";
                case ONE ->
                    "map one {\n    type " + address + " . inet_proto . inet_service : " + address + " . inet_service";
                case OPEN -> "set open {\n    type " + address + " . inet_proto . inet_service";
            };
        }
    }

    /**
     * Those of a family. Ports of the loopback lead nowhere, for the kernel's rules never see what comes for them from outside; nor do those
     * that lead to the container's address of the other family, which are relayed.
     */
    static List<PortElement> of(boolean v6, PortTargets targets, List<PublishedPort> ports) {
        Set<PortElement> elements = new LinkedHashSet<>();
        for (PublishedPort port : ports) {
            InetAddress host = port.hostAddress();
            InetAddress target = targets.behind(host);
            if (Subnet.v6(host) != v6 || target == null || Subnet.v6(target) != v6) {
                continue;
            }
            String to = Subnet.format(target);
            Transport transport = port.port().transport();
            int number = port.port().number();
            TableFamily family = TableFamily.of(host);
            elements.add(new PortElement(family, Lookup.OPEN, to + " . " + transport + " . " + number, null));
            if (!port.routed() && !host.isLoopbackAddress()) {
                boolean any = host.isAnyLocalAddress();
                String key = (any ? "" : port.hostIp() + " . ") + transport + " . " + port.hostPort();
                elements.add(new PortElement(family, any ? Lookup.ANY : Lookup.ONE, key, to + " . " + number));
            }
        }
        return List.copyOf(elements);
    }

    String text() {
        return target == null ? key : key + " : " + target;
    }
}
