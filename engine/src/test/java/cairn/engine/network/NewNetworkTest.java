package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.wire.Json;
import cairn.wire.network.CreateNetworkRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewNetworkTest {
    private static Network network(String json) {
        CreateNetworkRequest request =
                Json.read(CreateNetworkRequest.class, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        return NewNetwork.of(
                "1".repeat(64),
                Instant.EPOCH,
                request,
                v6 -> Subnet.cidr(v6 ? "fd00:1::/64" : "172.30.0.0/16").subnet(),
                name -> null);
    }

    private static String pools(String json) {
        StringBuilder text = new StringBuilder();
        for (Network.Pool pool : network(json).pools()) {
            text.append(pool.subnet() + (pool.gateway() == null ? "" : " via " + Subnet.format(pool.gateway()))
                    + (pool.given() ? " given" : "") + "; ");
        }
        return text.toString();
    }

    @Test
    void whatIsNotGivenIsChosen() {
        assertThat(pools("{'Name':'a'}")).isEqualTo("172.30.0.0/16 via 172.30.0.1; ");
        assertThat(pools("{'Name':'a','EnableIPv6':true}"))
                .isEqualTo("172.30.0.0/16 via 172.30.0.1; fd00:1::/64 via fd00:1::1; ");
        assertThat(pools("{'Name':'a','EnableIPv4':false,'EnableIPv6':true}")).isEqualTo("fd00:1::/64 via fd00:1::1; ");
        assertThat(pools("{'Name':'a','IPAM':{'Config':[{'Subnet':'10.5.0.0/16'},{'Subnet':'fd05::/64'}]}}"))
                .isEqualTo("10.5.0.0/16 via 10.5.0.1 given; ");
        assertThat(
                        pools(
                                "{'Name':'a','EnableIPv6':true,'IPAM':{'Config':[{'Subnet':'fd05::/64','Gateway':'fd05::9'}]}}"))
                .isEqualTo("172.30.0.0/16 via 172.30.0.1; fd05::/64 via fd05::9 given; ");
        // As with Docker, the gateway is the range's first.
        assertThat(pools("{'Name':'a','IPAM':{'Config':[{'Subnet':'10.5.0.0/16','IPRange':'10.5.7.0/24'}]}}"))
                .isEqualTo("10.5.0.0/16 via 10.5.7.0 given; ");
    }

    /** As with Docker: where the host has no address, the first one is a container's. */
    @Test
    void whereTheHostIsNotReachedThereIsNoGatewayButOneThatIsAskedFor() {
        String isolated = "'Internal':true,'Options':{'com.docker.network.bridge.gateway_mode_ipv4':'isolated'}";
        assertThat(pools("{'Name':'a'," + isolated + "}")).isEqualTo("172.30.0.0/16; ");
        assertThat(pools("{'Name':'a','EnableIPv6':true," + isolated + "}"))
                .isEqualTo("172.30.0.0/16; fd00:1::/64 via fd00:1::1; ");
        assertThat(pools("{'Name':'a','IPAM':{'Config':[{'Subnet':'10.5.0.0/16','Gateway':'10.5.0.9'}]}," + isolated
                        + "}"))
                .isEqualTo("10.5.0.0/16 via 10.5.0.9 given; ");
        assertThat(pools("{'Name':'a','Internal':true,'Options':{'com.docker.network.bridge.inhibit_ipv4':'true'}}"))
                .isEqualTo("172.30.0.0/16; ");
        assertThat(pools("{'Name':'a','Options':{'com.docker.network.bridge.inhibit_ipv4':'true'}}"))
                .isEqualTo("172.30.0.0/16 via 172.30.0.1; ");
    }

    @Test
    void onAParentThereMayBeSeveralSubnetsWithAGatewayEach() {
        assertThat(
                        pools(
                                "{'Name':'a','Driver':'macvlan','EnableIPv6':true,'IPAM':{'Config':[{'Subnet':'10.0.0.0/24'},"
                                        + "{'Subnet':'fd05::/64'},{'Subnet':'10.0.1.0/24','Gateway':'10.0.1.9'},{'Subnet':'fd06::/64'}]}}"))
                .isEqualTo("10.0.0.0/24 via 10.0.0.1 given; 10.0.1.0/24 via 10.0.1.9 given; "
                        + "fd05::/64 via fd05::1 given; fd06::/64 via fd06::1 given; ");
    }

    /** Of a family that is off nothing counts. */
    @Test
    void severalSubnetsOfAFamilyThatIsOffAreNoneTooMany() {
        String four = "{'Subnet':'10.0.0.0/24'},{'Subnet':'10.0.1.0/24'}";
        String six = "{'Subnet':'fd05::/64','Gateway':'fd05::9'},{'Subnet':'fd06::/64','IPRange':'fd06::/96'}";
        assertThat(pools("{'Name':'a','EnableIPv4':false,'EnableIPv6':true,'IPAM':{'Config':[" + four + "]}}"))
                .isEqualTo("fd00:1::/64 via fd00:1::1; ");
        assertThat(pools("{'Name':'a','IPAM':{'Config':[" + six + "]}}")).isEqualTo("172.30.0.0/16 via 172.30.0.1; ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'Subnet':'10.0.0.1/24'                                   | invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24
            'Subnet':'nonsense'                                      | invalid subnet nonsense: invalid CIDR block notation
            'Subnet':'10.0.0.0/24','IPRange':'10.0.0.0/16'           | invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24
            'Subnet':'10.0.0.0/24','IPRange':'10.0.1.0/25'           | invalid ip-range 10.0.1.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range
            'Subnet':'10.0.0.0/24','IPRange':'10.0.0.1/25'           | invalid ip-range 10.0.0.1/25: it should be 10.0.0.0/25
            'Subnet':'10.0.0.0/24','IPRange':'fd00::/64'             | invalid ip-range fd00::/64: parent subnet is an IPv4 block
            'Subnet':'10.0.0.0/24','Gateway':'10.0.1.1'              | invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address
            'Subnet':'10.0.0.0/24','Gateway':'fd00::1'               | invalid gateway fd00::1: parent subnet is an IPv4 block
            'Subnet':'10.0.0.0/24','AuxiliaryAddresses':{'a':'1.1.1.1'} | invalid auxiliary address a: parent subnet 10.0.0.0/24 doesn't contain this address
            'Subnet':'224.0.0.0/24'                                  | invalid subnet 224.0.0.0/24: it cannot be used for containers
            'Gateway':'10.0.0.1'                                     | a gateway, a range or an auxiliary address needs a subnet
            """, quoteCharacter = '`')
    void whatDoesNotFitTogetherIsRefused(String pool, String message) {
        assertThatThrownBy(() -> network("{'Name':'a','IPAM':{'Config':[{" + pool + "}]}}"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'Driver':'overlay'                           | This node is not a swarm manager
            'Driver':'host'                              | only one instance of "host" network is allowed
            'Driver':'weave'                             | weave
            'IPAM':{'Driver':'dhcp'}                     | invalid ipam driver: "dhcp"
            'EnableIPv4':false                           | IPv4 or IPv6 must be enabled
            'ConfigFrom':{'Network':'nowhere'}           | configuration network "nowhere" not found
            'ConfigOnly':true,'Internal':true            | configuration network can only contain network specific fields
            'Scope':'swarm'                              | cannot create a swarm scoped network when swarm is not active
            'Ingress':true                               | Ingress network can only be global scope network
            'IPAM':{'Config':[{'Subnet':'10.0.0.0/24'},{'Subnet':'10.0.1.0/24'}]} | bridge driver doesn't support multiple subnets
            'IPAM':{'Config':[{'Subnet':'10.0.0.0/24','Gateway':'10.0.0.9','IPRange':'10.0.0.0/28'},{'Subnet':'10.0.1.0/24','Gateway':'10.0.1.9'}]} | bridge driver doesn't support multiple subnets
            'EnableIPv6':true,'IPAM':{'Config':[{'Subnet':'fd05::/64'},{'Subnet':'10.0.1.0/24'},{'Subnet':'fd06::/64'}]} | bridge driver doesn't support multiple subnets
            'IPAM':{'Config':[{'Subnet':'10.0.0.0/16'},{'Subnet':'10.0.1.0/24'}]} | invalid pool request: Pool overlaps with other one on this address space
            'Driver':'macvlan','IPAM':{'Config':[{'Subnet':'10.0.0.0/16'},{'Subnet':'10.0.1.0/24'}]} | invalid pool request: Pool overlaps with other one on this address space
            'Options':{'com.docker.network.bridge.gateway_mode_ipv4':'isolated'} | gateway mode 'isolated' can only be used for an internal network
            'Options':{'com.docker.network.bridge.gateway_mode_ipv6':''} | unknown gateway mode
            """, quoteCharacter = '`')
    void whatThereIsNotIsRefused(String fields, String message) {
        assertThatThrownBy(() -> network("{'Name':'a'," + fields + "}"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    @Test
    void optionsAreChecked() {
        assertThat(BridgeOptions.of(java.util.Map.of(BridgeOptions.ICC, "false", BridgeOptions.MTU, "9000")))
                .satisfies(options -> {
                    assertThat(options.icc()).isFalse();
                    assertThat(options.mtu()).isEqualTo(9000);
                    assertThat(options.interfacePrefix()).isEqualTo("eth");
                });
        String mode = "com.docker.network.bridge.gateway_mode_ipv4";
        assertThat(BridgeOptions.of(java.util.Map.of(mode, "nat")).masquerade()).isTrue();
        for (GatewayMode each : GatewayMode.values()) {
            assertThat(BridgeOptions.of(java.util.Map.of(mode, each.toString())).ports())
                    .isEqualTo(new PortPolicy(each, GatewayMode.NAT, null));
        }
        assertThatThrownBy(() -> BridgeOptions.of(java.util.Map.of(mode, "sideways")))
                .hasMessageContaining("unknown gateway mode sideways");
        assertThat(BridgeOptions.of(java.util.Map.of(BridgeOptions.TRUSTED, "vxlan.1::eth3:eth3"))
                        .trusted())
                .containsExactly("vxlan.1", "eth3");
        assertThatThrownBy(() -> BridgeOptions.of(java.util.Map.of(BridgeOptions.TRUSTED, "eth0 eth1")))
                .hasMessageContaining(
                        "failed to parse com.docker.network.bridge.trusted_host_interfaces value: eth0 eth1 (invalid"
                                + " interface name eth0 eth1)");
        // Rules of the firewall are text: a name that would be more than a name never gets there (rule injection).
        for (String name :
                java.util.List.of("a b", "\"", "br0\"; drop", "a/b", "-x", "sixteen-letters-x", "ä", "a\nb")) {
            for (String option : java.util.List.of(BridgeOptions.NAME, BridgeOptions.TRUSTED)) {
                assertThatThrownBy(() -> BridgeOptions.of(java.util.Map.of(option, name)))
                        .as(name)
                        .isInstanceOf(EngineException.class);
            }
        }
    }
}
