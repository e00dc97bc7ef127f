package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressPoolTest {
    private static AddressPool pool(String subnet, String range) {
        return new AddressPool(
                Subnet.cidr(subnet).subnet(),
                range == null ? null : Subnet.cidr(range).subnet());
    }

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    @Test
    void theLowestFreeAddressComesFirst() {
        AddressPool pool = pool("10.0.0.0/29", null);
        assertThat(List.of(pool.take(), pool.take(), pool.take()))
                .containsExactly(ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3"));
        pool.release(ip("10.0.0.2"));
        assertThat(pool.take()).isEqualTo(ip("10.0.0.2"));
        assertThat(pool.reserve(ip("10.0.0.4"))).isTrue();
        assertThat(pool.reserve(ip("10.0.0.4"))).isFalse();
        assertThat(pool.reserve(ip("10.0.0.8"))).isFalse();
        assertThat(List.of(pool.take(), pool.take())).containsExactly(ip("10.0.0.5"), ip("10.0.0.6"));
        // The last is the broadcast address.
        assertThat(pool.take()).isNull();
    }

    @Test
    void aRangeIsChosenFromAndAnyAddressOfTheSubnetMayBeAskedFor() {
        AddressPool pool = pool("10.0.0.0/16", "10.0.5.0/30");
        assertThat(pool.take()).isEqualTo(ip("10.0.5.0"));
        assertThat(pool.reserve(ip("10.0.9.9"))).isTrue();
        assertThat(pool.reserve(ip("10.0.9.9"))).isFalse();
        pool.release(ip("10.0.9.9"));
        assertThat(pool.reserve(ip("10.0.9.9"))).isTrue();
        assertThat(pool.take()).isEqualTo(ip("10.0.5.1"));
        assertThat(pool.take()).isEqualTo(ip("10.0.5.2"));
        assertThat(pool.take()).isEqualTo(ip("10.0.5.3"));
        assertThat(pool.take()).isNull();
    }

    @Test
    void networksWithoutRoomForAnythingElseGiveAllTheirAddresses() {
        AddressPool two = pool("10.0.0.4/31", null);
        assertThat(two.take()).isEqualTo(ip("10.0.0.4"));
        assertThat(two.take()).isEqualTo(ip("10.0.0.5"));
        assertThat(two.take()).isNull();
        AddressPool large = pool("fd00::/64", null);
        assertThat(large.take()).isEqualTo(ip("fd00::1"));
        assertThat(large.reserve(ip("fd00::ffff:ffff:ffff:ffff"))).isTrue();
        assertThat(large.reserve(ip("fd00::ffff:ffff:ffff:ffff"))).isFalse();
    }

    /** Whatever is taken, asked for and given back in whatever order: nobody's address is given to another one. */
    @Test
    void noAddressIsEverTwoContainers() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            boolean v6 = random.nextBoolean();
            Subnet subnet = Subnet.cidr(
                            v6 ? "fd00::/" + (118 + random.nextInt(8)) : "10.0.0.0/" + (22 + random.nextInt(8)))
                    .subnet();
            Subnet range = random.nextBoolean() ? null : Subnet.of(subnet.base(), subnet.prefix() + 1);
            AddressPool pool = new AddressPool(subnet, range);
            Set<InetAddress> held = new HashSet<>();
            for (int step = 0; step < 500; step++) {
                InetAddress any = subnet.at(random.nextInt(subnet.size().intValue()));
                switch (random.nextInt(3)) {
                    case 0 -> {
                        InetAddress taken = pool.take();
                        if (taken != null) {
                            assertThat(held.add(taken))
                                    .as("%s of %s", taken, subnet)
                                    .isTrue();
                            assertThat((range == null ? subnet : range).contains(taken))
                                    .isTrue();
                            assertThat(taken).isNotEqualTo(subnet.base());
                        }
                    }
                    case 1 -> {
                        if (pool.reserve(any)) {
                            assertThat(held.add(any))
                                    .as("%s of %s", any, subnet)
                                    .isTrue();
                        }
                    }
                    default -> {
                        if (held.remove(any)) {
                            pool.release(any);
                        }
                    }
                }
            }
        }
    }
}
