package cairn.engine.reach;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.EndpointRecord;
import cairn.engine.network.Network;
import cairn.engine.network.Subnet;
import cairn.wire.explain.RuleExplanation;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container is on one network.
 *
 * @param bridge null for a network that has none
 * @param isolated whether its port of the bridge may not speak to others that may not either
 * @param rules of the network's table in the firewall
 */
record Place(
        Network network,
        @Nullable BridgeFacts bridge,
        EndpointRecord endpoint,
        boolean isolated,
        List<RuleExplanation> rules) {
    Place {
        rules = List.copyOf(rules);
    }

    @Nullable
    InetAddress ipv4() {
        return Subnet.literal(endpoint.address());
    }

    @Nullable
    InetAddress ipv6() {
        return Subnet.literal(endpoint.address6());
    }

    /** The IPv4 one where it has one. */
    InetAddress address() {
        InetAddress four = ipv4();
        InetAddress six = ipv6();
        if (four == null && six == null) {
            throw new IllegalStateException("a place without an address on " + network.name());
        }
        return four == null ? java.util.Objects.requireNonNull(six) : four;
    }

    /** Whether an address is one of the network's. */
    boolean covers(InetAddress address) {
        return network.pool(address) != null;
    }

    /** The rule of the table's chain that has all of these words; null if there is none. */
    @Nullable
    RuleExplanation rule(String chain, String... words) {
        for (RuleExplanation rule : rules) {
            if (rule.chain().equals(chain) && List.of(words).stream().allMatch(rule.rule()::contains)) {
                return rule;
            }
        }
        return null;
    }

    /** What a map or a set of the table has under a key; null for nothing. */
    @Nullable
    RuleExplanation element(String chain, String key) {
        for (RuleExplanation rule : rules) {
            if (rule.chain().equals(chain)
                    && (rule.rule().equals(key) || rule.rule().startsWith(key + " : "))) {
                return rule;
            }
        }
        return null;
    }

    static String text(@Nullable RuleExplanation rule) {
        return rule == null ? "" : rule.rule();
    }
}
