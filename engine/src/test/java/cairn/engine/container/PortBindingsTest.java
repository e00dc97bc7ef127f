package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.PortRequest;
import cairn.engine.network.Transport;
import cairn.wire.Json;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortBindingsTest {
    private static List<String> requests(String exposed, String host) {
        return PortBindings.requests(
                        Json.read(ContainerConfig.class, bytes("{\"ExposedPorts\":{" + exposed + "}}")),
                        Json.read(HostConfig.class, bytes("{" + host + "}")),
                        null)
                .stream()
                .map(PortBindingsTest::text)
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(PortRequest request) {
        return request.port() + " " + request.low() + "-" + request.high() + " on "
                + request.addresses().getFirst().getHostAddress()
                + (request.addresses().size() > 1 ? " and IPv6" : "");
    }

    @Test
    void portsThatAreNamedComeBeforeThoseThatMayBeAny() {
        assertThat(requests(
                        "",
                        "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"10.0.0.1\",\"HostPort\":\"8000-8010\"}],\"81\":null,"
                                + "\"53/udp\":[{\"HostIp\":\"10.0.0.1\",\"HostPort\":\"8000\"}]}"))
                .containsExactly(
                        "53/udp 8000-8000 on 10.0.0.1",
                        "80/tcp 8000-8010 on 10.0.0.1",
                        "81/tcp 0-0 on 0.0.0.0 and IPv6");
    }

    @Test
    void publishAllTakesTheExposedPortsThatHaveNoBinding() {
        assertThat(
                        requests(
                                "\"80/tcp\":{},\"81/tcp\":{}",
                                "\"PublishAllPorts\":true,\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9\"}]}"))
                .containsExactly("80/tcp 9-9 on 127.0.0.1", "81/tcp 0-0 on 0.0.0.0 and IPv6");
        assertThat(requests("\"80/tcp\":{}", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"80/icmp\":[]",
                "\"x\":[]",
                "\"0/tcp\":[]",
                "\"65536\":[]",
                "\"80\":[{\"HostPort\":\"-1\"}]",
                "\"80\":[{\"HostPort\":\"9-8\"}]",
                "\"80\":[{\"HostPort\":\"1-65536\"}]",
                "\"80\":[{\"HostPort\":\"+1\"}]",
                "\"80\":[{\"HostIp\":\"example.org\"}]"
            })
    void whatIsNoPortIsRefused(String binding) {
        assertThatThrownBy(() -> requests("", "\"PortBindings\":{" + binding + "}"))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("invalid");
    }

    @Test
    void filtersTakePortsAndRanges() {
        Predicate<ContainerPort> some = PortBindings.filter("80-82/udp");
        assertThat(some).isNotNull();
        assertThat(some.test(new ContainerPort(82, Transport.UDP))).isTrue();
        assertThat(some.test(new ContainerPort(83, Transport.UDP))).isFalse();
        assertThat(some.test(new ContainerPort(80, Transport.TCP))).isFalse();
        for (String wrong : List.of("", "x", "80/icmp", "82-80", "80-")) {
            assertThat(PortBindings.filter(wrong)).as(wrong).isNull();
        }
    }
}
