package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UdpFlowsTest {
    private static final String RULES = """
            add table ip t
            add chain ip t out { type nat hook output priority -100; }
            add rule ip t out udp dport { 7, 70 } dnat to 127.0.0.2:8
            add table ip6 t
            add chain ip6 t out { type nat hook output priority -100; }
            add rule ip6 t out udp dport 7 dnat to [fd00::2]:8
            """;

    private static InetAddress ip(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static void send(String from, String to, int port) throws Exception {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.bind(new InetSocketAddress(ip(from), 0));
            int _ = channel.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(ip(to), port));
        }
    }

    /**
     * Protocol and what the first packet was for, of each flow that the kernel shows. In one read: a second one begins by counting through the
     * table of all namespaces, and misses flows when some before them ended in between ({@link Files#readString} reads one byte first).
     */
    private static List<String> flows() throws Exception {
        byte[] bytes = new byte[1 << 16];
        int length;
        try (InputStream in = Files.newInputStream(Path.of("/proc/thread-self/net/nf_conntrack"))) {
            length = Math.max(0, in.read(bytes));
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll(".*?(tcp|udp|icmp).*? dst=(\\S+) .*? dport=(\\d+) .*", "$1 $2 $3"))
                .filter(line -> line.startsWith("udp"))
                .sorted()
                .toList();
    }

    @Test
    void flowsAreForgottenByAddressAndByPortAndNoOthers() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (Netlink netlink = Netlink.open()) {
                netlink.send(RouteMessages.setLinkUp("lo"));
                int lo = netlink.index("lo");
                for (String address : List.of("fd00::1", "fd00::2")) {
                    netlink.send(RouteMessages.addAddress(lo, ip(address), 128, null));
                }
            }
            try (Nftables nftables = new Nftables()) {
                assertThat(nftables.transact(RULES)).isEmpty();
                send("127.0.0.1", "127.0.0.9", 7);
                send("127.0.0.1", "127.0.0.9", 70);
                send("127.0.0.1", "127.0.0.9", 9);
                send("127.0.0.3", "127.0.0.1", 9);
                send("fd00::1", "fd00::1", 7);
                send("fd00::1", "fd00::1", 9);
                assertThat(flows()).hasSize(6);

                assertThat(UdpFlows.forget(false, Set.of(70), ip("127.0.0.8")::equals))
                        .isZero();
                assertThat(UdpFlows.forget(false, Set.of(70), ip("127.0.0.9")::equals))
                        .isEqualTo(1);
                assertThat(flows()).hasSize(5).noneMatch(flow -> flow.endsWith(" 70"));
                assertThat(UdpFlows.forget(false, Set.of(70), _ -> true)).isZero();

                assertThat(UdpFlows.forget(ip("127.0.0.2"))).isEqualTo(1);
                assertThat(flows()).hasSize(4).doesNotContain("udp 127.0.0.9 7");
                assertThat(UdpFlows.forget(ip("127.0.0.3"))).isEqualTo(1);
                assertThat(UdpFlows.forget(ip("fd00::2"))).isEqualTo(1);
                assertThat(UdpFlows.forget(true, Set.of(9), _ -> true)).isEqualTo(1);
                assertThat(flows()).containsExactly("udp 127.0.0.9 9");
                // More ports than are asked for one by one.
                Set<Integer> many = IntStream.range(1, 20).boxed().collect(Collectors.toSet());
                assertThat(UdpFlows.forget(false, many, ip("127.0.0.8")::equals))
                        .isZero();
                assertThat(UdpFlows.forget(false, many, _ -> true)).isEqualTo(1);
                assertThat(flows()).isEmpty();
            }
        });
    }
}
