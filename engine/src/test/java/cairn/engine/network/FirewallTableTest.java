package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallTableTest {
    private static final InterfaceAddress ADDRESS = Subnet.parse("subnet", "172.17.0.1/16");

    private static FirewallTable.Rules rules(boolean masquerade) {
        return new FirewallTable.Rules("cairn0", ADDRESS, null, masquerade, false, true);
    }

    private static PublishedPort port(String address, int hostPort, int port, Transport transport) {
        return new PublishedPort(new ContainerPort(port, transport), InetAddress.ofLiteral(address), hostPort);
    }

    @Test
    void theWholeTableIsOneTransaction() {
        List<FirewallTable.Element> elements = FirewallTable.elements(
                "172.17.0.2",
                List.of(
                        port("0.0.0.0", 8080, 80, Transport.TCP),
                        port("::", 8080, 80, Transport.TCP),
                        port("192.0.2.2", 53, 5353, Transport.UDP),
                        port("127.0.0.1", 8081, 80, Transport.TCP)));
        assertThat(FirewallTable.text("cairn_cairn0", rules(true), elements)).isEqualTo("""
                add table ip cairn_cairn0
                delete table ip cairn_cairn0
                table ip cairn_cairn0 {
                  map any {
                    type inet_proto . inet_service : ipv4_addr . inet_service
                  }
                  map one {
                    type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service
                  }
                  chain published {
                    dnat ip to ip daddr . meta l4proto . th dport map @one
                    dnat ip to meta l4proto . th dport map @any
                  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname != "cairn0" fib daddr type local jump published
                  }
                  chain output {
                    type nat hook output priority -100; policy accept;
                    ip daddr != 127.0.0.0/8 fib daddr type local jump published
                  }
                  chain foreign {
                    type filter hook prerouting priority raw; policy accept;
                    ip daddr 172.17.0.1 iifgroup 51730 accept
                    ip daddr 172.17.0.0/16 iifname != { "cairn0", "lo" } drop
                  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip saddr 172.17.0.0/16 oifname != "cairn0" masquerade
                  }
                }
                add element ip cairn_cairn0 any { tcp . 8080 : 172.17.0.2 . 80 }
                add element ip cairn_cairn0 one { 192.0.2.2 . udp . 53 : 172.17.0.2 . 5353 }
                """);
    }

    @Test
    void aNetworkThatIsRoutedCanBeReachedDirectly() {
        assertThat(FirewallTable.text("t", rules(false), List.of()))
                .contains("map @any", "oifname \"cairn0\" iifname != \"cairn0\" iifgroup 51730 drop")
                .doesNotContain("foreign", "masquerade", "element");
    }

    @Test
    void addressesAreWrittenAsDockerWritesThem() {
        assertThat(List.of("::", "::1", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "fe80::", "10.0.0.1"))
                .allSatisfy(text ->
                        assertThat(port(text, 1, 1, Transport.TCP).hostIp()).isEqualTo(text));
    }
}
