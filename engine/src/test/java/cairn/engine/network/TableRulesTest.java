package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TableRulesTest {
    private static final InterfaceAddress ADDRESS = Subnet.parse("subnet", "172.17.0.1/16");

    private static final InterfaceAddress ADDRESS6 = Objects.requireNonNull(Subnet.cidr("fd00:1::1/64"));

    private static TableRules rules(GatewayMode mode, boolean masquerade) {
        return new TableRules("cairn0", List.of(), family(ADDRESS, mode, masquerade), null, false, true, List.of());
    }

    private static BridgeFamily family(InterfaceAddress address, GatewayMode mode, boolean masquerade) {
        boolean addressed = mode != GatewayMode.ISOLATED;
        return new BridgeFamily(address.subnet(), addressed ? address.address() : null, addressed, mode, masquerade);
    }

    private static PortTargets targets(String ipv4, String ipv6) {
        EndpointRecord endpoint = new EndpointRecord("n", "e", ipv4, 16, "172.17.0.1", ipv6, 64, "fd00:1::1", "");
        return new PortTargets(ipv4.isEmpty() ? null : endpoint, ipv6.isEmpty() ? null : endpoint);
    }

    private static List<PortElement> elements(PortTargets targets, PublishedPort... ports) {
        List<PortElement> all = new ArrayList<>(PortElement.of(false, targets, List.of(ports)));
        all.addAll(PortElement.of(true, targets, List.of(ports)));
        return all;
    }

    private static PublishedPort port(String address, int hostPort, int port, Transport transport) {
        return new PublishedPort(new ContainerPort(port, transport), InetAddress.ofLiteral(address), hostPort);
    }

    @Test
    void theWholeTableIsOneTransaction() {
        List<PortElement> elements = elements(
                targets("172.17.0.2", ""),
                port("0.0.0.0", 8080, 80, Transport.TCP),
                port("::", 8080, 80, Transport.TCP),
                port("192.0.2.2", 53, 5353, Transport.UDP),
                port("127.0.0.1", 8081, 80, Transport.TCP));
        assertThat(rules(GatewayMode.NAT, true).table("cairn_cairn0", elements)).isEqualTo("""
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

    /** Both families at once. */
    @Test
    void portsOfIpv6LeadToTheContainersOwnAddress() {
        TableRules rules = new TableRules(
                "cairn0",
                List.of(),
                family(ADDRESS, GatewayMode.ROUTED, false),
                family(ADDRESS6, GatewayMode.NAT, true),
                false,
                true,
                List.of());
        List<PortElement> elements = elements(
                targets("172.17.0.2", "fd00:1::2"),
                port("0.0.0.0", 0, 80, Transport.TCP),
                port("::", 8080, 80, Transport.TCP),
                port("2001:db8::1", 53, 5353, Transport.UDP),
                port("::1", 8081, 80, Transport.TCP));
        assertThat(rules.table("t", elements)).isEqualTo("""
                add table ip t
                delete table ip t
                table ip t {
                  set open {
                    type ipv4_addr . inet_proto . inet_service
                  }
                  chain between {
                    type filter hook forward priority filter; policy accept;
                    oifname "cairn0" iifname != "cairn0" ct state established,related accept
                    oifname "cairn0" iifname != "cairn0" meta l4proto icmp accept
                    oifname "cairn0" iifname != "cairn0" ip daddr . meta l4proto . th dport @open accept
                    oifname "cairn0" iifname != "cairn0" drop
                  }
                }
                add table ip6 t
                delete table ip6 t
                table ip6 t {
                  map any {
                    type inet_proto . inet_service : ipv6_addr . inet_service
                  }
                  map one {
                    type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service
                  }
                  chain published {
                    dnat ip6 to ip6 daddr . meta l4proto . th dport map @one
                    dnat ip6 to meta l4proto . th dport map @any
                  }
                  chain prerouting {
                    type nat hook prerouting priority dstnat; policy accept;
                    iifname != "cairn0" ip6 saddr != fe80::/10 fib daddr type local jump published
                  }
                  chain output {
                    type nat hook output priority -100; policy accept;
                    ip6 daddr != { ::1, fe80::/10 } fib daddr type local jump published
                  }
                  chain foreign {
                    type filter hook prerouting priority raw; policy accept;
                    ip6 daddr fd00:1::1 iifgroup 51730 accept
                    ip6 daddr fd00:1::/64 iifname != { "cairn0", "lo" } drop
                  }
                  chain postrouting {
                    type nat hook postrouting priority srcnat; policy accept;
                    ip6 saddr fd00:1::/64 oifname != "cairn0" masquerade
                  }
                }
                add element ip t open { 172.17.0.2 . tcp . 80 }
                add element ip6 t any { tcp . 8080 : fd00:1::2 . 80 }
                add element ip6 t one { 2001:db8::1 . udp . 53 : fd00:1::2 . 5353 }
                """);
    }

    @Test
    void portsThatAreAskedForTwiceAreOpenedOnce() {
        PublishedPort open = port("0.0.0.0", 0, 80, Transport.TCP);
        assertThat(elements(targets("172.17.0.2", ""), open, open)).hasSize(1);
    }

    @Test
    void unprotectedContainersAreReachedFromOtherMachinesAndNotFromOtherNetworks() {
        assertThat(rules(GatewayMode.NAT_UNPROTECTED, true).table("t", List.of()))
                .contains(
                        "map @any",
                        "oifname \"cairn0\" iifname != \"cairn0\" iifgroup 51730 ct state established,related accept",
                        "oifname \"cairn0\" iifname != \"cairn0\" iifgroup 51730 ct status dnat accept",
                        "oifname \"cairn0\" iifname != \"cairn0\" iifgroup 51730 drop",
                        "masquerade")
                .doesNotContain("foreign", "element");
    }

    /** Answers come to addresses of their own: nothing can be dropped before it is known whether it is one. */
    @Test
    void withoutMasqueradingAnswersAndPublishedPortsMayComeIn() {
        assertThat(rules(GatewayMode.NAT, false).table("t", List.of()))
                .contains(
                        "map @any",
                        "iifname != \"cairn0\" ct state established,related accept",
                        "iifname != \"cairn0\" ct status dnat accept",
                        "oifname \"cairn0\" iifname != \"cairn0\" drop")
                .doesNotContain("foreign", "masquerade", "element");
    }

    @Test
    void anIsolatedNetworkHasNeitherPortsNorAnAddressOfTheHost() {
        BridgeFamily isolated = family(ADDRESS, GatewayMode.ISOLATED, true);
        TableRules rules = new TableRules("cairn0", List.of(), isolated, null, true, true, List.of());
        assertThat(rules.table("t", List.of()))
                .contains(
                        "iifname \"cairn0\" ip daddr != { 172.17.0.0/16, 224.0.0.0/4, 255.255.255.255 } drop",
                        "ip daddr 172.17.0.0/16 iifname != { \"cairn0\", \"lo\" } drop")
                .doesNotContain("map", "accept\n", "masquerade");
    }

    /** Published ports, also those of the host's loopback, and nothing else of the containers. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fromTrustedInterfacesPublishedPortsAreReachedDirectly(boolean masquerade) {
        List<PortElement> elements = elements(
                targets("172.17.0.2", ""),
                port("0.0.0.0", 8080, 80, Transport.TCP),
                port("127.0.0.1", 8081, 81, Transport.TCP));
        TableRules rules = new TableRules(
                "cairn0",
                List.of(),
                family(ADDRESS, GatewayMode.NAT, masquerade),
                null,
                false,
                true,
                List.of("eth3", "vxlan.1"));
        String closed = "ip daddr 172.17.0.0/16 iifname != { \"cairn0\", \"lo\", \"eth3\", \"vxlan.1\" } drop";
        assertThat(rules.table("t", elements))
                .contains(
                        """
                              chain between {
                                type filter hook forward priority filter; policy accept;
                                oifname "cairn0" iifname != "cairn0" ct state established,related accept
                                oifname "cairn0" iifname != "cairn0" ct status dnat accept
                                oifname "cairn0" iifname != "cairn0" iifname { "eth3", "vxlan.1" } ip daddr . meta l4proto . th dport @open accept
                                oifname "cairn0" iifname != "cairn0" drop
                            """,
                        "add element ip t any { tcp . 8080 : 172.17.0.2 . 80 }\n",
                        "add element ip t open { 172.17.0.2 . tcp . 80, 172.17.0.2 . tcp . 81 }\n")
                .satisfies(text -> assertThat(text.contains(closed)).isEqualTo(masquerade));
        assertThat(rules(GatewayMode.NAT, masquerade).table("t", elements)).doesNotContain("open");
    }

    @ParameterizedTest
    @EnumSource(
            value = GatewayMode.class,
            names = {"ROUTED", "NAT_UNPROTECTED"})
    void modesThatLetInMoreTrustEverybodyAlike(GatewayMode mode) {
        BridgeFamily family = family(ADDRESS, mode, false);
        assertThat(new TableRules("cairn0", List.of(), family, null, false, true, List.of("eth3"))
                        .table("t", List.of()))
                .isEqualTo(new TableRules("cairn0", List.of(), family, null, false, true, List.of())
                        .table("t", List.of()));
    }

    /** In both families, whatever their modes. */
    @ParameterizedTest
    @EnumSource
    void furtherBridgesAreSwitchesOnly(GatewayMode mode) {
        TableRules rules = new TableRules(
                "cairn0",
                List.of("br2-0123456789", "br3-0123456789"),
                family(ADDRESS, mode, mode != GatewayMode.ROUTED),
                family(ADDRESS6, mode, mode != GatewayMode.ROUTED),
                mode == GatewayMode.ISOLATED,
                true,
                List.of());
        assertThat(rules.table("t", List.of()).split("\ntable ip", -1))
                .hasSize(3)
                .satisfies(parts -> assertThat(List.of(parts[1], parts[2]))
                        .allSatisfy(table -> assertThat(table).contains("""
                          chain further_input {
                            type filter hook input priority filter; policy accept;
                            iifname { "br2-0123456789", "br3-0123456789" } drop
                          }
                          chain further_forward {
                            type filter hook forward priority filter; policy accept;
                            iifname { "br2-0123456789", "br3-0123456789" } oifname != { "br2-0123456789", "br3-0123456789" } drop
                          }
                          chain foreign {
                            type filter hook prerouting priority raw; policy accept;
                            iifname { "br2-0123456789", "br3-0123456789" } notrack accept
                        """)));
    }

    @Test
    void addressesAreWrittenAsDockerWritesThem() {
        assertThat(List.of("::", "::1", "2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1", "fe80::", "10.0.0.1"))
                .allSatisfy(text ->
                        assertThat(port(text, 1, 1, Transport.TCP).hostIp()).isEqualTo(text));
    }
}
