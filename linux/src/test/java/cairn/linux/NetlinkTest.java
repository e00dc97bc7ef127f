package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NetlinkTest {
    private static final MacAddress BRIDGE = MacAddress.parse("02:42:00:00:00:01");
    private static final MacAddress PEER = MacAddress.parse("02-42-AC-11-00-02");

    private static final String SERVER = """
            import socket
            s = socket.socket()
            s.bind(("", 7))
            s.listen()
            print("ready", flush=True)
            s.accept()[0].sendall(b"hello")
            """;

    private static InetAddress ip(String text) throws Exception {
        return InetAddress.ofLiteral(text);
    }

    @Test
    void addressOfHardwareIsReadAndWritten() {
        assertThat(PEER).hasToString("02:42:ac:11:00:02");
        assertThat(MacAddress.of(PEER.bytes())).isEqualTo(PEER);
        for (String bad : new String[] {"", "02:42:ac:11:00", "02:42:ac:11:00:0g", "0242ac110002"}) {
            assertThatThrownBy(() -> MacAddress.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void bridgeAndAddressesAreSeenByIpAndByUs() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (Netlink netlink = Netlink.open()) {
                assertThat(netlink.links()).singleElement().satisfies(lo -> {
                    assertThat(lo.index()).isEqualTo(1);
                    assertThat(lo.isUp()).isFalse();
                });
                netlink.send(RouteMessages.setLinkUp("lo"));
                netlink.send(RouteMessages.createBridge("br0", BRIDGE, 7));
                Netlink.Link bridge = netlink.link("br0");
                assertThat(bridge)
                        .isEqualTo(
                                new Netlink.Link(bridge.index(), "br0", 1500, BRIDGE, "bridge", 0, 7, bridge.flags()));
                assertThat(bridge.isUp()).isTrue();
                netlink.send(RouteMessages.addAddress(bridge.index(), ip("172.30.0.1"), 16, ip("172.30.255.255")));
                netlink.send(RouteMessages.addAddress(bridge.index(), ip("fd00::1"), 64, null));
                int self = Integer.parseInt(
                        Path.of("/proc/thread-self").toRealPath().getFileName().toString());
                netlink.send(
                        RouteMessages.vethPair("d0", 0, "peer", 77, PEER, 1300).withPid(self));
                assertThat(netlink.link("peer").index()).isEqualTo(77);
                byte[] clash =
                        RouteMessages.vethPair("d9", 0, "peer9", 77, PEER, 1300).withPid(self);
                assertThatThrownBy(() -> netlink.send(clash))
                        .isInstanceOfSatisfying(
                                LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY));
                int port = netlink.link("d0").index();
                netlink.send(RouteMessages.setMaster(port, bridge.index()));
                netlink.send(RouteMessages.setMtu(port, 1400));
                netlink.send(RouteMessages.setLinkDown("d0"));
                netlink.send(RouteMessages.renameLink(port, "d1"));
                assertThat(netlink.link("d0")).isNull();
                assertThat(netlink.link("d1"))
                        .extracting(Netlink.Link::master, Netlink.Link::mtu, Netlink.Link::isUp, Netlink.Link::kind)
                        .containsExactly(bridge.index(), 1400, false, "veth");
                netlink.send(RouteMessages.addRoute(ip("10.9.0.0"), 16, ip("172.30.0.9"), bridge.index()));
                netlink.send(RouteMessages.addRoute(ip("10.8.0.0"), 16, null, bridge.index()));
                netlink.send(RouteMessages.addDefaultRoute(ip("172.30.0.8"), bridge.index()));

                assertThat(netlink.addresses())
                        .contains(
                                new Netlink.Address(1, ip("127.0.0.1"), 8, null),
                                new Netlink.Address(bridge.index(), ip("172.30.0.1"), 16, ip("172.30.255.255")),
                                new Netlink.Address(bridge.index(), ip("fd00::1"), 64, null));
                assertThat(netlink.routes())
                        .contains(
                                new Netlink.Route(ip("172.30.0.0"), 16, null, bridge.index(), 0),
                                new Netlink.Route(ip("10.9.0.0"), 16, ip("172.30.0.9"), bridge.index(), 0),
                                new Netlink.Route(ip("10.8.0.0"), 16, null, bridge.index(), 0),
                                new Netlink.Route(null, 0, ip("172.30.0.8"), bridge.index(), 0));
                netlink.send(RouteMessages.deleteAddress(bridge.index(), ip("172.30.0.1"), 16));
                netlink.send(RouteMessages.setMaster("d1", 0));
                netlink.send(RouteMessages.deleteLink("br0"));
                assertThat(netlink.links())
                        .extracting(Netlink.Link::name)
                        .containsExactlyInAnyOrder("lo", "d1", "peer");
            }
        });
    }

    @Test
    void aPairJoinsTwoBridges() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (Netlink netlink = Netlink.open()) {
                netlink.send(RouteMessages.createBridge("br0", BRIDGE, 7));
                netlink.send(RouteMessages.createBridge("br1", PEER, 7));
                int upper = netlink.link("br1").index();
                netlink.send(RouteMessages.setWithoutArp(upper));
                netlink.send(RouteMessages.vethPair("down", "up", 1400));
                netlink.send(RouteMessages.setMaster("up", upper));
                netlink.send(RouteMessages.setMaster("down", netlink.link("br0").index()));
                netlink.send(RouteMessages.isolatePort("down"));
                netlink.send(RouteMessages.setLinkUp("up"));
                netlink.send(RouteMessages.setLinkUp("down"));
                int noArp = 0x80;
                assertThat(netlink.link("br1").flags() & noArp).isNotZero();
                assertThat(netlink.link("br0").flags() & noArp).isZero();
                assertThat(netlink.link("up"))
                        .extracting(Netlink.Link::master, Netlink.Link::mtu, Netlink.Link::isUp)
                        .containsExactly(upper, 1400, true);
                // One end goes with the other.
                netlink.send(RouteMessages.deleteLink("down"));
                assertThat(netlink.link("up")).isNull();
            }
        });
    }

    @Test
    void refusalsAreExplained() {
        OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
            try (Netlink netlink = Netlink.open()) {
                netlink.send(RouteMessages.createBridge("br0", null, 0));
                assertThatThrownBy(() -> netlink.send(RouteMessages.createBridge("br0", null, 0)))
                        .isInstanceOfSatisfying(
                                LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
                assertThatThrownBy(() -> netlink.send(RouteMessages.deleteLink("none")))
                        .hasMessageStartingWith("netlink dellink")
                        .hasMessageEndingWith("No such device");
                assertThatThrownBy(() -> netlink.send(RouteMessages.addDefaultRoute(ip("10.1.1.1"), 1)))
                        .hasMessageContaining("netlink newroute (")
                        .hasMessageContaining("Network is");
                // After an error the socket still is in step.
                assertThat(netlink.link("br0")).isNotNull();
            }
        });
        assertThatThrownBy(() -> RouteMessages.setLinkUp("a/b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RouteMessages.setLinkUp("sixteen-letters-"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The whole of a container's network with no more messages than a launch plan has. */
    @Test
    void vethPairReachesAnotherNamespaceInOneMessage() throws Exception {
        Process container = new ProcessBuilder("unshare", "-n", "python3", "-c", SERVER).start();
        try {
            assertThat(container.inputReader().readLine()).isEqualTo("ready");
            OwnNamespaces.run(OwnNamespaces.NETWORK, () -> {
                try (Netlink host = Netlink.open()) {
                    connect(host, (int) container.pid());
                    // Once the peer is up, so is the carrier here, and packets flow.
                    try (Socket socket = new Socket(ip("172.30.0.2"), 7)) {
                        assertThat(socket.getInputStream().readAllBytes())
                                .asString()
                                .isEqualTo("hello");
                    }
                    assertThat(host.link("veth1").isUp()).isTrue();
                }
            });
        } finally {
            container.destroyForcibly().waitFor();
        }
    }

    private static void connect(Netlink host, int container) throws Exception {
        host.send(RouteMessages.createBridge("br0", BRIDGE, 7));
        int bridge = host.link("br0").index();
        host.send(RouteMessages.addAddress(bridge, ip("172.30.0.1"), 16, ip("172.30.255.255")));
        PatchedMessage pair = RouteMessages.vethPair("veth1", bridge, "eth0", 2, PEER, 1450);
        host.send(pair.withPid(container));
        assertThat(host.link("veth1"))
                .extracting(Netlink.Link::master, Netlink.Link::mtu, Netlink.Link::kind)
                .containsExactly(bridge, 1450, "veth");

        OwnNamespaces.inNetworkOf(container, () -> {
            try (Netlink inside = Netlink.open()) {
                ByteArrayOutputStream plan = new ByteArrayOutputStream();
                plan.writeBytes(RouteMessages.setLinkUp(1));
                plan.writeBytes(RouteMessages.setLinkUp(2));
                plan.writeBytes(RouteMessages.addAddress(2, ip("172.30.0.2"), 16, ip("172.30.255.255")));
                plan.writeBytes(RouteMessages.addDefaultRoute(ip("172.30.0.1"), 2));
                inside.send(plan.toByteArray());
                Netlink.Link peer = inside.link("eth0");
                assertThat(peer).isEqualTo(new Netlink.Link(2, "eth0", 1450, PEER, "veth", 0, 0, peer.flags()));
                assertThat(peer.isUp()).isTrue();
                assertThat(inside.routes()).contains(new Netlink.Route(null, 0, ip("172.30.0.1"), 2, 0));
                assertThat(inside.link("lo").isUp()).isTrue();
            }
        });
    }
}
