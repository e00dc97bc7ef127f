package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SubnetTest {
    private static Subnet subnet(String text) {
        InterfaceAddress parsed = Subnet.cidr(text);
        assertThat(parsed).as(text).isNotNull();
        return parsed.subnet();
    }

    @Test
    void whatIsNoNetworkIsRefused() {
        for (String text : List.of(
                "",
                "10.0.0.0",
                "10.0.0/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "fd00::/129",
                "fe80::1%1/64",
                "1.2.3.4.5/8",
                "localhost/8",
                "10.0.0.256/24",
                " 10.0.0.0/8",
                "::ffff/ab")) {
            assertThat(Subnet.cidr(text)).as(text).isNull();
        }
        assertThatThrownBy(() -> new Subnet(InetAddress.ofLiteral("10.0.0.1"), 24))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hostBitsTellTheAddressFromItsNetwork() {
        assertThat(Subnet.cidr("10.1.2.3/20"))
                .isEqualTo(new InterfaceAddress(InetAddress.ofLiteral("10.1.2.3"), subnet("10.1.0.0/20")));
        assertThat(subnet("fd00:1:2:3:4::1/64")).hasToString("fd00:1:2:3::/64");
        assertThat(subnet("0.0.0.0/0").contains(InetAddress.ofLiteral("255.1.2.3")))
                .isTrue();
        assertThat(subnet("::/0").contains(InetAddress.ofLiteral("255.1.2.3"))).isFalse();
    }

    /** Any address of a network, and the network's neighbours, for random networks of both families. */
    @Test
    void aNetworkContainsItsAddressesAndNoOther() {
        Random random = new Random(7);
        for (int round = 0; round < 5000; round++) {
            boolean v6 = random.nextBoolean();
            byte[] bytes = new byte[v6 ? 16 : 4];
            random.nextBytes(bytes);
            if (v6) {
                bytes[0] = (byte) 0xfd; // not an IPv4 address in disguise
            }
            int prefix = 9 + random.nextInt(bytes.length * 8 - 8);
            Subnet subnet = Subnet.of(inet(bytes), prefix);
            assertThat(subnet.contains(inet(bytes))).isTrue();
            assertThat(subnet.contains(subnet.last())).isTrue();
            assertThat(subnet.at(subnet.offset(inet(bytes)))).isEqualTo(inet(bytes));
            assertThat(subnet.contains(subnet.at(subnet.size()))).isFalse();
            Subnet wider = Subnet.of(inet(bytes), prefix - 1);
            assertThat(wider.contains(subnet)).isTrue();
            assertThat(subnet.contains(wider)).isFalse();
            assertThat(subnet.overlaps(wider) && wider.overlaps(subnet)).isTrue();
            assertThat(Subnet.cidr(subnet.toString()).subnet()).isEqualTo(subnet);
        }
    }

    private static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
