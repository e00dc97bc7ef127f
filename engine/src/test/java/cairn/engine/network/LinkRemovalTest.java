package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.MacAddress;
import cairn.linux.Netlink;
import cairn.linux.RouteMessages;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkRemovalTest {
    private static final String NAME = "br-removed";

    /** Makes a bridge with an address, and takes it away; nanoseconds of the latter. */
    private static long turn(Netlink netlink, InetAddress address) {
        netlink.send(RouteMessages.createBridge(NAME, MacAddress.parse("02:42:00:00:00:01"), Bridge.GROUP));
        Netlink.Link link = netlink.link(NAME);
        assertThat(link).isNotNull();
        netlink.send(RouteMessages.addAddress(link.index(), address, 24, null));
        netlink.send(RouteMessages.setLinkUp(link.index()));
        assertThat(netlink.routes()).hasSize(1);

        long begin = System.nanoTime();
        LinkRemoval.remove(NAME);
        long took = System.nanoTime() - begin;
        assertThat(netlink.routes()).isEmpty();
        assertThat(netlink.link(NAME)).isNull();
        return took;
    }

    @Test
    void nameAndAddressesAreFreeBeforeTheKernelHasFinished() throws Exception {
        InetAddress address = InetAddress.getByName("10.213.77.1");
        List<Long> times = OwnNetwork.call(() -> {
            List<Long> all = new ArrayList<>();
            try (Netlink netlink = Netlink.open()) {
                LinkRemoval.remove("nosuch");
                for (int i = 0; i < 15; i++) {
                    all.add(turn(netlink, address));
                }
            }
            return all;
        });
        times.sort(null);
        // The grace periods of one removal take 15 ms and more.
        assertThat(Duration.ofNanos(times.getFirst())).isLessThan(Duration.ofMillis(10));
    }

    @Test
    void whatIsMadeAfterwardsUnderTheSameNameStays() throws Exception {
        boolean _ = OwnNetwork.call(() -> {
            try (Netlink netlink = Netlink.open()) {
                for (int i = 0; i < 50; i++) {
                    LinkRemoval.remove(NAME);
                    netlink.send(RouteMessages.createBridge(NAME, MacAddress.parse("02:42:00:00:00:01"), Bridge.GROUP));
                    Thread.sleep(1);
                    assertThat(netlink.link(NAME)).isNotNull();
                    netlink.send(RouteMessages.deleteLink(NAME));
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return true;
        });
    }
}
