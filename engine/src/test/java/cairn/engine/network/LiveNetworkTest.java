package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Addresses of a network with several subnets of a family. */
class LiveNetworkTest {
    private static final Network NETWORK = new Network(
            "1".repeat(64),
            "lan",
            Instant.EPOCH,
            Network.Driver.MACVLAN,
            true,
            false,
            List.of(pool("10.0.0.0/30", "10.0.0.1"), pool("10.0.1.0/24", "10.0.1.9")),
            false,
            false,
            false,
            "",
            Map.of(),
            Map.of(),
            Map.of(),
            false);

    private final LiveNetwork live = new LiveNetwork(NETWORK.id());
    private int joined;

    private static Network.Pool pool(String subnet, String gateway) {
        return new Network.Pool(Subnet.cidr(subnet).subnet(), null, InetAddress.ofLiteral(gateway), Map.of(), true);
    }

    private EndpointRecord join(@Nullable String wanted) {
        String id = Integer.toString(++joined);
        InetAddress address = wanted == null ? null : InetAddress.ofLiteral(wanted);
        return live.join(
                NETWORK,
                new EndpointRequest(id, id, id, List.of(), Map.of(), address, null, null, InterfaceOptions.NONE),
                new Random(1));
    }

    private static String text(EndpointRecord endpoint) {
        return endpoint.address() + "/" + endpoint.prefix() + " via " + endpoint.gateway();
    }

    @Test
    void theFirstSubnetThatHasAnAddressGivesIt() {
        live.pools(NETWORK);
        EndpointRecord first = join(null);
        assertThat(text(first)).isEqualTo("10.0.0.2/30 via 10.0.0.1");
        assertThat(text(join(null))).isEqualTo("10.0.1.1/24 via 10.0.1.9");
        live.release(first);
        assertThat(text(join(null))).isEqualTo("10.0.0.2/30 via 10.0.0.1");
        assertThat(text(join("10.0.1.77"))).isEqualTo("10.0.1.77/24 via 10.0.1.9");
    }

    @Test
    void anAddressBelongsToOneOfTheSubnetsAndToOneContainer() {
        live.pools(NETWORK);
        assertThat(text(join("10.0.1.2"))).isEqualTo("10.0.1.2/24 via 10.0.1.9");
        assertThatThrownBy(() -> join("10.0.1.2")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> join("10.0.1.9")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> join("10.0.2.2"))
                .hasMessageContaining("It does not belong to any of this network's subnets");
    }
}
