package cairn.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortQueryTest {
    @ParameterizedTest
    @CsvSource({
        "8080, 8080/tcp",
        "53/udp, 53/udp",
        ":8080, 8080/tcp",
        "0.0.0.0:8080, 8080/tcp",
        "[::]:8080, 8080/tcp",
        "127.0.0.1:8080, 127.0.0.1:8080/tcp",
        "localhost:8080, 127.0.0.1:8080/tcp",
        "[::1]:53/udp, [::1]:53/udp"
    })
    void portsAreReadAsPeopleWriteThem(String text, String meaning) {
        assertThat(PortQuery.parse(text)).hasToString(meaning);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "0",
                "65536",
                "80/icmp",
                "::1:80",
                "web:80",
                "127.0.0.1:",
                "[::1]80",
                "1.2.3:80",
                ":",
                "]:80"
            })
    void whatIsNoPortIsRefused(String text) {
        assertThatThrownBy(() -> PortQuery.parse(text))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("name one as 8080");
    }

    @Test
    void anAddressMeetsSocketsThatTakeIt() {
        PortQuery query = PortQuery.parse("127.0.0.1:80");
        assertThat(query.meets(InetAddress.ofLiteral("0.0.0.0"))).isTrue();
        assertThat(query.meets(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
        assertThat(query.meets(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
    }
}
