package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceOptionsTest {
    private static InterfaceOptions sysctls(String text) {
        return InterfaceOptions.of(Map.of("com.docker.network.endpoint.sysctls", text));
    }

    @Test
    void settingsAreFilesOfTheInterface() {
        InterfaceOptions options =
                sysctls("net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.neigh.ifname.base_reachable_time_ms=20000");
        assertThat(options.steps("lan0").stream().map(step -> step.arguments().toString()))
                .containsExactly(
                        "[/proc/sys/net/ipv4/conf/lan0/log_martians, 1]",
                        "[/proc/sys/net/ipv6/neigh/lan0/base_reachable_time_ms, 20000]");
        assertThat(options.name("eth", 3)).isEqualTo("eth3");
        assertThat(InterfaceOptions.of(Map.of("com.docker.network.endpoint.ifname", "lan0"))
                        .name("eth", 3))
                .isEqualTo("lan0");
        assertThat(InterfaceOptions.of(Map.of("somebody.else", "x"))).isEqualTo(InterfaceOptions.NONE);
        assertThat(InterfaceOptions.of(null)).isEqualTo(InterfaceOptions.NONE);
    }

    /** Nothing but a file of this interface is ever written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "net.ipv4.conf.eth0.forwarding=1",
                "net.core.conf.IFNAME.somaxconn=1",
                "net.ipv4.conf.IFNAME.forwarding",
                "net.ipv4.conf.IFNAME./../../all/forwarding=1",
                "net.ipv4.../../kernel.IFNAME.core_pattern=x",
                "net.ipv4.conf.IFNAME.a.b=1",
                "kernel.core_pattern=x",
                "net.ipv4.conf.IFNAME.forwarding=1,"
            })
    void otherSettingsAreRefused(String text) {
        assertThatThrownBy(() -> sysctls(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("unrecognised network interface sysctl '");
    }

    @Test
    void namesThatAreNoneAreRefused() {
        for (String name : List.of("lo", "a/b", "..", "sixteen-letters-x", "a b")) {
            assertThatThrownBy(() -> InterfaceOptions.of(Map.of("com.docker.network.endpoint.ifname", name)))
                    .as(name)
                    .hasMessage("invalid interface name: " + name);
        }
    }
}
