package cairn.oci.registry;

import cairn.oci.http.Network;
import cairn.oci.http.Origin;
import cairn.oci.http.Zone;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** Where plain HTTP is fine: on this machine, and at hosts and networks that the user listed. */
final class Insecure {
    private final Set<String> hosts = new HashSet<>();
    private final List<Network> networks = new ArrayList<>();

    /** @throws IllegalArgumentException with Docker's words where an entry is neither a host nor a network */
    Insecure(List<String> entries) {
        for (String entry : entries) {
            if (entry.indexOf('/') >= 0) {
                networks.add(network(entry));
            } else {
                hosts.add(entry.toLowerCase(Locale.ROOT));
            }
        }
    }

    /** Whether the user has listed a host by its name, or by a network that it is written as an address of. */
    boolean listed(Origin origin) {
        String host = origin.host().indexOf(':') >= 0 ? "[" + origin.host() + "]" : origin.host();
        return hosts.contains(host)
                || hosts.contains(origin.host())
                || hosts.contains(host + ":" + origin.port())
                || isLiteral(origin, this::inNetworks);
    }

    /** The same, and what is this machine by its name. */
    boolean presumed(Origin origin) {
        return listed(origin)
                || origin.host().equals("localhost")
                || isLiteral(origin, address -> Zone.of(address) == Zone.LOOPBACK);
    }

    /** Whether plain HTTP may be spoken to this host at this address. */
    boolean plain(Origin origin, InetAddress address) {
        return listed(origin) || Zone.of(address) == Zone.LOOPBACK || inNetworks(address);
    }

    private boolean inNetworks(InetAddress address) {
        return networks.stream().anyMatch(network -> network.contains(address));
    }

    private static boolean isLiteral(Origin origin, Predicate<InetAddress> kind) {
        try {
            return kind.test(InetAddress.ofLiteral(origin.host()));
        } catch (IllegalArgumentException e) {
            return false; // a name
        }
    }

    private static Network network(String entry) {
        Network network = Network.parse(entry);
        if (network == null) {
            throw new IllegalArgumentException(
                    "insecure registry " + entry + " is not valid: invalid CIDR address: " + entry);
        }
        return network;
    }
}
