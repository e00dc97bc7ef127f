package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
    private static final Subnet LOCAL = subnet("fd12:3456:789a::/48");

    private static Subnet subnet(String text) {
        return Subnet.cidr(text).subnet();
    }

    private static AddressSpace space(String... pools) {
        return new AddressSpace(
                java.util.Arrays.stream(pools)
                        .map(pool -> pool.split(","))
                        .map(pool -> new BridgeSettings.Pool(subnet(pool[0]), Integer.parseInt(pool[1])))
                        .toList(),
                LOCAL);
    }

    @Test
    void dockersPoolsAreUsedInTheirOrderAndAroundWhatIsTaken() {
        AddressSpace space = new AddressSpace(BridgeSettings.DEFAULT_POOLS, LOCAL);
        Map<Subnet, String> taken = new LinkedHashMap<>();
        assertThat(space.choose(false, taken)).isEqualTo(subnet("172.17.0.0/16"));
        taken.put(subnet("172.17.0.0/16"), "network bridge");
        taken.put(subnet("172.18.3.0/24"), "route over eth0");
        assertThat(space.choose(false, taken)).isEqualTo(subnet("172.19.0.0/16"));
        taken.put(subnet("172.16.0.0/12"), "route over tun0");
        assertThat(space.choose(false, taken)).isEqualTo(subnet("192.168.0.0/20"));
        taken.put(subnet("192.168.1.0/24"), "route over eth1");
        assertThat(space.choose(false, taken)).isEqualTo(subnet("192.168.16.0/20"));
        assertThat(space.choose(true, taken)).isEqualTo(subnet("fd12:3456:789a::/64"));
        taken.put(subnet("fd12:3456:789a::/64"), "network six");
        assertThat(space.choose(true, taken)).isEqualTo(subnet("fd12:3456:789a:1::/64"));
    }

    @Test
    void poolsOfIpv6ThatWereGivenComeBeforeTheLocalOnes() {
        assertThat(space("2001:db8::/32,64").choose(true, Map.of())).isEqualTo(subnet("2001:db8::/64"));
    }

    @Test
    void whenNoneIsLeftTheErrorSaysWhoHoldsWhat() {
        Map<Subnet, String> taken = new LinkedHashMap<>();
        taken.put(subnet("10.9.0.0/24"), "network a");
        taken.put(subnet("10.9.1.0/25"), "network b");
        taken.put(subnet("10.9.1.192/26"), "route over eth0");
        taken.put(subnet("10.8.0.0/16"), "network elsewhere");
        assertThatThrownBy(() -> space("10.9.0.0/23,24").choose(false, taken))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(((Problem.InvalidParameter) e.problem()).text())
                                .startsWith(
                                        "all predefined address pools have been fully subnetted (10.9.0.0/24 network a,"
                                                + " 10.9.1.0/25 network b)"));
    }

    /** Until a pool is used up each network that is chosen is free, in the pool, and of the right size; and then all are found. */
    @Test
    void everyNetworkOfAPoolIsFoundOnce() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            AddressSpace space = space("10.64.0.0/20,24");
            Map<Subnet, String> taken = new LinkedHashMap<>();
            for (int i = 0; i < random.nextInt(4); i++) {
                byte[] bytes = {10, 64, (byte) random.nextInt(16), (byte) random.nextInt(256)};
                taken.put(Subnet.of(inet(bytes), 18 + random.nextInt(12)), "somebody");
            }
            long free = java.util.stream.IntStream.range(0, 16)
                    .mapToObj(i -> subnet("10.64." + i + ".0/24"))
                    .filter(candidate -> taken.keySet().stream().noneMatch(candidate::overlaps))
                    .count();
            for (int i = 0; i < free; i++) {
                Subnet chosen = space.choose(false, taken);
                assertThat(chosen.prefix()).isEqualTo(24);
                assertThat(taken.keySet().stream().noneMatch(chosen::overlaps)).isTrue();
                taken.put(chosen, "network " + i);
            }
            assertThatThrownBy(() -> space.choose(false, taken)).isInstanceOf(EngineException.class);
        }
    }

    private static java.net.InetAddress inet(byte[] bytes) {
        try {
            return java.net.InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theListOfHoldersStaysReadable() {
        Map<Subnet, String> taken = new LinkedHashMap<>();
        for (int i = 0; i < 16; i++) {
            taken.put(subnet("10.64." + i + ".0/24"), "network " + i);
        }
        assertThatThrownBy(() -> space("10.64.0.0/20,24").choose(false, taken))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(((Problem.InvalidParameter) e.problem()).text())
                                .contains("10.64.11.0/24 network 11, and 4 more)"));
    }
}
