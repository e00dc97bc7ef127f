package cairn.engine.network;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network as it is on record.
 *
 * @param pools that addresses come from, IPv4's first; with macvlan and ipvlan there may be several of a family
 * @param configFrom name of the network whose settings it has taken over; empty for none
 * @param ipamOptions as they were given
 */
public record Network(
        String id,
        String name,
        Instant created,
        Driver driver,
        boolean ipv4,
        boolean ipv6,
        List<Pool> pools,
        boolean internal,
        boolean attachable,
        boolean configOnly,
        String configFrom,
        Map<String, String> options,
        Map<String, String> labels,
        Map<String, String> ipamOptions,
        boolean predefined) {
    public Network {
        pools = List.copyOf(pools);
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        ipamOptions = Collections.unmodifiableMap(new LinkedHashMap<>(ipamOptions));
    }

    /** Who makes the links of a network. */
    public enum Driver {
        BRIDGE,
        HOST,
        NULL,
        MACVLAN,
        IPVLAN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable Driver of(String text) {
            for (Driver driver : values()) {
                if (driver.toString().equals(text)) {
                    return driver;
                }
            }
            return null;
        }
    }

    /**
     * One range of addresses.
     *
     * @param range that addresses are chosen from; null for all of the subnet
     * @param gateway null where a network has none
     * @param auxiliary names and addresses that are other machines'
     * @param given whether somebody asked for this subnet; only then may containers ask for addresses
     */
    public record Pool(
            Subnet subnet,
            @Nullable Subnet range,
            @Nullable InetAddress gateway,
            Map<String, InetAddress> auxiliary,
            boolean given) {
        public Pool {
            auxiliary = Collections.unmodifiableMap(new LinkedHashMap<>(auxiliary));
        }
    }

    /** The first of a family. */
    public @Nullable Pool pool(boolean v6) {
        for (Pool pool : pools) {
            if (pool.subnet().v6() == v6) {
                return pool;
            }
        }
        return null;
    }

    /** The one that an address belongs to. */
    public @Nullable Pool pool(InetAddress address) {
        for (Pool pool : pools) {
            if (pool.subnet().contains(address)) {
                return pool;
            }
        }
        return null;
    }
}
