package cairn.engine.reach;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.network.ContainerPort;
import cairn.engine.network.Transport;
import cairn.wire.explain.HopExplanation;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private static final InetAddress TARGET = InetAddress.ofLiteral("172.17.0.2");
    private static final ContainerPort PORT = new ContainerPort(80, Transport.TCP);

    private static Listener listener(String address, int port, Transport transport) {
        return new Listener(
                InetAddress.ofLiteral(address), new ContainerPort(port, transport), 7, List.of("httpd"), "web", false);
    }

    private static HopExplanation told(Listener... listeners) {
        Hops hops = new Hops();
        Listening.of(TARGET, PORT, List.of(listeners)).tell(hops, TARGET, PORT, "web");
        return hops.list().getFirst();
    }

    @Test
    void allAddressesAndItsOwnTakeIt() {
        for (String address : List.of("0.0.0.0", "::", "172.17.0.2")) {
            HopExplanation hop = told(listener("127.0.0.1", 80, Transport.TCP), listener(address, 80, Transport.TCP));
            assertThat(hop.state()).as(address).isEqualTo(HopExplanation.PASSES);
            assertThat(hop.what()).startsWith("process 7 (httpd) listens at ");
        }
        // IPv4's own socket for all addresses takes no IPv6.
        assertThat(Listening.covers(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("fd00::2")))
                .isFalse();
    }

    @Test
    void theLoopbackOnlyIsTheMistake() {
        HopExplanation hop = told(listener("127.0.0.1", 80, Transport.TCP), listener("::1", 80, Transport.TCP));
        assertThat(hop.state()).isEqualTo(HopExplanation.STOPS);
        assertThat(hop.what())
                .isEqualTo("nothing listens on 80/tcp in web for its address 172.17.0.2; process 7 (httpd) listens on"
                        + " 127.0.0.1:80, [::1]:80 only");
        assertThat(hop.hint()).contains("0.0.0.0", "loopback");
        assertThat(told(listener("172.18.0.2", 80, Transport.TCP)).hint())
                .doesNotContain("loopback")
                .contains("172.17.0.2");
    }

    @Test
    void otherPortsOfTheSameProtocolAreTold() {
        assertThat(told(listener("0.0.0.0", 8000, Transport.TCP), listener("0.0.0.0", 80, Transport.UDP))
                        .what())
                .isEqualTo("nothing listens on 80/tcp in web; it listens on 0.0.0.0:8000");
        assertThat(told().what()).isEqualTo("nothing listens on 80/tcp in web, nor on any other port");
    }

    @Test
    void socketsOfTheKindThatIsNotListedAreNoFault() {
        ContainerPort port = new ContainerPort(80, Transport.SCTP);
        Hops hops = new Hops();
        Listening.of(TARGET, port, List.of()).tell(hops, TARGET, port, "web");
        assertThat(hops.list().getFirst().state()).isEqualTo(HopExplanation.NOTE);
    }
}
