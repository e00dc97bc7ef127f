package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.network.EndpointRecord;
import cairn.wire.Json;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.network.EndpointSettingsBuilder;
import cairn.wire.network.NetworkingConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MembershipsTest {
    private static <T> T read(Class<T> type, String json) {
        return Json.read(type, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> networks(String mode, String endpoints) {
        return Memberships.of(
                        read(HostConfig.class, "{'NetworkMode':'" + mode + "'}"),
                        read(ContainerConfig.class, "{}"),
                        read(NetworkingConfig.class, "{'EndpointsConfig':{" + endpoints + "}}"),
                        ref -> ref.equals("id-of-a") ? "a" : ref)
                .stream()
                .map(membership -> membership.network()
                        + (membership.asked().aliases() == null
                                ? ""
                                : membership.asked().aliases()))
                .toList();
    }

    @Test
    void theModesNetworkComesFirstAndEachIsKnownByItsName() {
        assertThat(networks("bridge", "'default':{}")).containsExactly("bridge");
        assertThat(networks("", "")).containsExactly("bridge");
        assertThat(networks("c", "'b':{},'id-of-a':{'Aliases':['x']},'c':{}")).containsExactly("c", "a[x]", "b");
        assertThat(networks("id-of-a", "'a':{'Aliases':['x']}")).containsExactly("a[x]");
        assertThat(networks("container:x", "")).isEmpty();
        assertThat(networks("host", "'host':{}")).containsExactly("host");
    }

    @Test
    void whatDockerRefusesIsRefused() {
        String address = "{'IPAMConfig':{'IPv4Address':'10.0.0.5'}}";
        refused(
                "bridge",
                "'bridge':" + address,
                "user specified IP address is supported on user defined networks only");
        refused("bridge", "'bridge':{'Aliases':['x']}", "network-scoped aliases are only supported");
        refused("a", "'a':{'IPAMConfig':{'IPv4Address':'fd00::1'}}", "invalid IPv4 address: fd00::1");
        refused("a", "'a':{'IPAMConfig':{'IPv6Address':'10.0.0.1'}}", "invalid IPv6 address: 10.0.0.1");
        refused("a", "'a':{'MacAddress':'nonsense'}", "invalid MAC address: nonsense");
        refused(
                "a",
                "'a':{'DriverOpts':{'com.docker.network.endpoint.sysctls':'net.ipv4.conf.eth0.forwarding=1'}}",
                "invalid endpoint settings:\nunrecognised network interface sysctl 'net.ipv4.conf.eth0.forwarding=1';"
                        + " represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V'");
        String named = "{'DriverOpts':{'com.docker.network.endpoint.ifname':'lan0'}}";
        refused("a", "'a':" + named + ",'b':" + named, "interface name lan0 is asked for on two networks");
        refused("host", "'host':{},'a':{}", "container sharing network namespace");
        refused("none", "'none':{},'a':{}", "one of the networks in private (none) mode");
    }

    private static void refused(String mode, String endpoints, String message) {
        assertThatThrownBy(() -> networks(mode, endpoints))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(message);
    }

    private static Membership at(String network, String gateway, String gateway6, int priority) {
        return new Membership(
                network,
                EndpointSettingsBuilder.builder().gwPriority(priority).build(),
                new EndpointRecord("n", "e".repeat(64), "10.0.0.2", 24, gateway, "", 0, gateway6, ""));
    }

    @Test
    void theWayOutIsMobysChoice() {
        Membership a = at("a", "10.0.0.1", "", 0);
        Membership b = at("b", "10.1.0.1", "fd00::1", 0);
        Membership c = at("c", "10.2.0.1", "", 1);
        Membership internal = at("internal", "", "", 9);
        assertThat(Memberships.outward(List.of(b, a, internal), false)).isEqualTo(b);
        assertThat(Memberships.outward(List.of(at("z", "1.1.1.1", "", 0), a), false))
                .isEqualTo(a);
        assertThat(Memberships.outward(List.of(a, b, c), false)).isEqualTo(c);
        assertThat(Memberships.outward(List.of(a, b, c), true)).isEqualTo(b);
        assertThat(Memberships.outward(List.of(internal), false)).isNull();
    }
}
