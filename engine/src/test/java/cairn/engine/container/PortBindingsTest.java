package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.PortRequest;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Subnet;
import cairn.engine.network.Transport;
import cairn.wire.Json;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HostConfig;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortBindingsTest {
    private static List<String> requests(String exposed, String host) {
        return wanted(exposed, host, PortBindings.Families.ANY);
    }

    private static List<String> wanted(String exposed, String host, PortBindings.Families families) {
        PortBindings.Wanted wanted = PortBindings.wanted(
                Json.read(ContainerConfig.class, bytes("{\"ExposedPorts\":{" + exposed + "}}")),
                Json.read(HostConfig.class, bytes("{" + host + "}")),
                families);
        List<String> texts = new ArrayList<>();
        wanted.mapped().forEach(request -> texts.add(text(request)));
        wanted.routed().forEach(port -> texts.add(port.port() + " open, shown as " + port.hostIp()));
        return texts;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(PortRequest request) {
        return request.port() + " " + request.low() + "-" + request.high() + " on "
                + request.addresses().stream().map(Subnet::format).collect(Collectors.joining(" and "));
    }

    @Test
    void portsThatAreNamedComeBeforeThoseThatMayBeAny() {
        assertThat(requests(
                        "",
                        "\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"10.0.0.1\",\"HostPort\":\"8000-8010\"}],\"81\":null,"
                                + "\"53/udp\":[{\"HostIp\":\"10.0.0.1\",\"HostPort\":\"8000\"}]}"))
                .containsExactly(
                        "53/udp 8000-8000 on 10.0.0.1", "80/tcp 8000-8010 on 10.0.0.1", "81/tcp 0-0 on 0.0.0.0 and ::");
    }

    @Test
    void publishAllTakesTheExposedPortsThatHaveNoBinding() {
        assertThat(
                        requests(
                                "\"80/tcp\":{},\"81/tcp\":{}",
                                "\"PublishAllPorts\":true,\"PortBindings\":{\"80/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"9\"}]}"))
                .containsExactly("80/tcp 9-9 on 127.0.0.1", "81/tcp 0-0 on 0.0.0.0 and ::");
        assertThat(requests("\"80/tcp\":{}", "")).isEmpty();
    }

    private static final String THREE = "\"PortBindings\":{\"80\":[{\"HostPort\":\"8080\"}],"
            + "\"81\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"8081\"}],\"82\":[{\"HostIp\":\"::1\",\"HostPort\":\"8082\"}]}";

    private static PortBindings.Way mapped(String binding) {
        return new PortBindings.Way(false, binding.isEmpty() ? null : InetAddress.ofLiteral(binding));
    }

    /** As dockerd 28: a family that does not lead to the container has no bindings, and a routed one opens ports only. */
    @Test
    void familiesThatDoNotLeadToTheContainerHaveNoBindings() {
        assertThat(wanted("", THREE, new PortBindings.Families(null, mapped(""))))
                .containsExactly("80/tcp 8080-8080 on ::", "82/tcp 8082-8082 on ::1");
        assertThat(wanted("", THREE, new PortBindings.Families(mapped(""), null)))
                .containsExactly("80/tcp 8080-8080 on 0.0.0.0", "81/tcp 8081-8081 on 127.0.0.1");
        PortBindings.Way routed = new PortBindings.Way(true, null);
        assertThat(wanted("", THREE, new PortBindings.Families(mapped(""), routed)))
                .containsExactly(
                        "80/tcp 8080-8080 on 0.0.0.0",
                        "81/tcp 8081-8081 on 127.0.0.1",
                        "80/tcp open, shown as ::",
                        "82/tcp open, shown as ::");
        assertThat(wanted("", THREE, new PortBindings.Families(routed, routed))).hasSize(4);
    }

    @Test
    void theNetworksAddressIsThatOfBindingsThatNameNone() {
        for (String all : List.of("", "0.0.0.0")) {
            assertThat(wanted("", THREE, new PortBindings.Families(mapped(all), mapped(all))))
                    .contains("80/tcp 8080-8080 on 0.0.0.0 and ::");
        }
        for (String one : List.of("192.0.2.2", "::", "2001:db8::1")) {
            assertThat(wanted("", THREE, new PortBindings.Families(mapped(one), mapped(one))))
                    .contains("80/tcp 8080-8080 on " + one);
        }
    }

    @Test
    void whatDiffersInItsAddressOnlyGetsOnePort() {
        String two =
                "\"PortBindings\":{\"80\":[{\"HostIp\":\"127.0.0.1\"},{\"HostIp\":\"::1\"},{\"HostIp\":\"127.0.0.1\"}]}";
        assertThat(requests("", two)).containsExactly("80/tcp 0-0 on 127.0.0.1 and ::1", "80/tcp 0-0 on 127.0.0.1");
    }

    @Test
    void portsAreKeptWhereAnyMayBeTaken() {
        List<PortRequest> requests = PortBindings.wanted(
                        Json.read(ContainerConfig.class, bytes("{}")),
                        Json.read(
                                HostConfig.class,
                                bytes("{\"PortBindings\":{\"80\":[{},{}],\"81\":[{\"HostPort\":\"9-12\"}]}}")),
                        PortBindings.Families.ANY)
                .mapped();
        List<PublishedPort> before = new ArrayList<>();
        for (String host : List.of("0.0.0.0", "::")) {
            before.add(new PublishedPort(new ContainerPort(80, Transport.TCP), InetAddress.ofLiteral(host), 40000));
        }
        before.add(new PublishedPort(new ContainerPort(81, Transport.TCP), InetAddress.ofLiteral("::"), 13));
        assertThat(PortBindings.kept(requests, before).stream().map(PortBindingsTest::text))
                .containsExactly(
                        "80/tcp 40000-40000 on 0.0.0.0 and ::",
                        "80/tcp 0-0 on 0.0.0.0 and ::",
                        "81/tcp 9-12 on 0.0.0.0 and ::");
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
