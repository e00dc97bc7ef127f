package cairn.engine.network;

import cairn.engine.error.Problem;
import cairn.linux.Netlink;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Chooses ranges of addresses for networks that ask for none: the first of the pools that nobody has. */
final class AddressSpace {
    private static final int SHOWN = 12;

    private final List<BridgeSettings.Pool> pools;

    /** @param local6 this engine's own range of local IPv6 addresses, a /48; it comes after the pools that were given */
    AddressSpace(List<BridgeSettings.Pool> given, Subnet local6) {
        pools = new ArrayList<>(given);
        pools.add(new BridgeSettings.Pool(local6, 64));
    }

    /** The ranges that routes of this machine lead to, and to which interface. */
    static Map<Subnet, String> routed(Netlink netlink) {
        Map<Subnet, String> routed = new LinkedHashMap<>();
        Map<Integer, String> names = new LinkedHashMap<>();
        netlink.links().forEach(link -> names.put(link.index(), link.name()));
        for (Netlink.Route route : netlink.routes()) {
            InetAddress destination = route.destination();
            // A default route, in one piece or in two halves, leads anywhere.
            if (destination != null && route.prefix() > 1) {
                routed.put(
                        Subnet.of(destination, route.prefix()),
                        "route over " + names.getOrDefault(route.index(), "several interfaces"));
            }
        }
        return routed;
    }

    /**
     * @param taken ranges and who has them
     * @throws cairn.engine.error.EngineException InvalidParameter, with who holds what, when none is left
     */
    Subnet choose(boolean v6, Map<Subnet, String> taken) {
        Map<Subnet, String> met = new LinkedHashMap<>();
        for (BridgeSettings.Pool pool : pools) {
            Subnet found = pool.range().v6() == v6 ? choose(pool, taken, met) : null;
            if (found != null) {
                return found;
            }
        }
        List<String> holders = new ArrayList<>();
        met.forEach((subnet, holder) -> {
            if (holders.size() < SHOWN) {
                holders.add(subnet + " " + holder);
            }
        });
        int more = met.size() - holders.size();
        throw new Problem.InvalidParameter("all predefined address pools have been fully subnetted ("
                        + String.join(", ", holders) + (more > 0 ? ", and " + more + " more" : "")
                        + "); give a --subnet, or the daemon more with --default-address-pool")
                .exception();
    }

    private static @Nullable Subnet choose(
            BridgeSettings.Pool pool, Map<Subnet, String> taken, Map<Subnet, String> met) {
        BigInteger step = BigInteger.ONE.shiftLeft(Subnet.bits(pool.range().base()) - pool.prefix());
        BigInteger offset = BigInteger.ZERO;
        while (offset.compareTo(pool.range().size()) < 0) {
            Subnet candidate = new Subnet(pool.range().at(offset), pool.prefix());
            Subnet blocker = null;
            for (Map.Entry<Subnet, String> entry : taken.entrySet()) {
                if (entry.getKey().overlaps(candidate)) {
                    met.put(entry.getKey(), entry.getValue());
                    blocker = entry.getKey();
                    break;
                }
            }
            if (blocker == null) {
                return candidate;
            }
            // What is behind a larger range that is taken, in one step.
            BigInteger behind = pool.range().contains(blocker)
                    ? pool.range().offset(blocker.base()).add(blocker.size())
                    : blocker.contains(pool.range()) ? pool.range().size() : offset.add(step);
            BigInteger rest = behind.mod(step);
            offset = rest.signum() == 0 ? behind : behind.add(step).subtract(rest);
        }
        return null;
    }
}
