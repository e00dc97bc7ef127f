package cairn.engine.reach;

import static cairn.engine.reach.Scene.Net.BRIDGE;
import static cairn.engine.reach.Scene.listener;
import static cairn.engine.reach.Scene.party;
import static cairn.engine.reach.Scene.place;
import static cairn.engine.reach.Scene.published;
import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.network.PublishedPort;
import cairn.wire.explain.HolderExplanation;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.PortExplanation;
import cairn.wire.explain.WayExplanation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortAnalysisTest {
    private static final String ELEMENT = "tcp . 8080 : 172.17.0.2 . 80";
    private static final List<PublishedPort> EVERYWHERE =
            List.of(published("0.0.0.0", 8080, 80), published("::", 8080, 80));

    /** A container that publishes 8080, with what holds it and what listens in it. */
    private static PortExplanation explain(
            String query,
            Place place,
            List<PublishedPort> ports,
            boolean held,
            boolean forwarding,
            List<DroppingChain> dropping,
            Listener... inside) {
        List<Listener> sockets = new ArrayList<>();
        if (held) {
            ports.forEach(port -> sockets.add(listener(port.hostAddress().getHostAddress(), 8080, true)));
        }
        return PortAnalysis.of(new PortFacts(
                PortQuery.parse(query),
                sockets,
                List.of(new PortFacts.Publication(
                        party("web", place), ports, false, true, place, Scene.inside(place), List.of(inside))),
                Scene.host(dropping, place),
                new Forwarding(forwarding, forwarding),
                List.of(),
                List.of(),
                List.of()));
    }

    private static HolderExplanation good(String query) {
        return explain(
                        query,
                        place(BRIDGE, 2, ELEMENT),
                        EVERYWHERE,
                        true,
                        true,
                        List.of(),
                        listener("0.0.0.0", 80, false))
                .holders()
                .getFirst();
    }

    private static WayExplanation way(HolderExplanation holder, String from) {
        return holder.ways().stream()
                .filter(way -> way.from().startsWith(from))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> places(WayExplanation way) {
        return way.hops().stream().map(HopExplanation::place).toList();
    }

    @Test
    void fromOutsideTheMapsLeadAndTheLoopbackIsRelayed() {
        HolderExplanation holder = good("8080");
        assertThat(holder.reached()).isTrue();
        assertThat(holder.summary())
                .isEqualTo(
                        "0.0.0.0:8080, [::]:8080/tcp leads to container web, process 101 (httpd) listens at 0.0.0.0:80");
        assertThat(holder.ways()).hasSize(7).allMatch(WayExplanation::passes);
        assertThat(places(way(holder, "another host"))).containsExactly("firewall", "firewall", "firewall", "kernel");
        assertThat(way(holder, "another host").hops().get(2).evidence()).isEqualTo(ELEMENT);
        // What the host sends itself is not forwarded.
        assertThat(places(way(holder, "this host, to an address of its own")))
                .containsExactly("firewall", "firewall", "firewall");
        for (String from : List.of("this host, to 127", "this host, to [::1]", "a container on the same network")) {
            assertThat(places(way(holder, from))).as(from).containsExactly("cairn-ports");
        }
        assertThat(holder.inside().stream().map(HopExplanation::place))
                .containsExactly("route", "link", "interface", "listener");
    }

    @Test
    void anAddressThatIsAskedForLeavesTheOtherWaysOut() {
        assertThat(good("127.0.0.1:8080").ways())
                .extracting(WayExplanation::from)
                .containsExactly("this host, to 127.0.0.1");
        assertThat(good("[::1]:8080").ways()).extracting(WayExplanation::from).containsExactly("this host, to [::1]");
        assertThat(good("192.0.2.2:8080").ways()).hasSize(4);
        assertThat(good("[2001:db8::1]:8080").ways()).hasSize(1);
    }

    @Test
    void aContainerWithIpv6IsReachedAtItsOwnAddress() {
        Place place = Scene.six(Scene.Net.LEFT, 2, "tcp . 8080 : fd00::2 . 80");
        HolderExplanation holder = PortAnalysis.of(new PortFacts(
                        PortQuery.parse("8080"),
                        List.of(listener("::", 8080, true)),
                        List.of(new PortFacts.Publication(
                                party("web", place),
                                List.of(published("::", 8080, 80)),
                                true,
                                false,
                                place,
                                Scene.inside(place),
                                List.of(listener("::", 80, false)))),
                        Scene.host(List.of(), place),
                        new Forwarding(false, true),
                        List.of(),
                        List.of(),
                        List.of()))
                .holders()
                .getFirst();
        assertThat(holder.summary())
                .isEqualTo("[::]:8080/tcp leads to container web, process 101 (httpd) listens at [::]:80");
        assertThat(holder.target()).isEqualTo("[fd00::2]:80/tcp");
        assertThat(holder.ways())
                .extracting(WayExplanation::from)
                .containsExactly(
                        "another host",
                        "this host, to an address of its own",
                        "this host, to [::1]",
                        "a container on the same network, to an address of this host",
                        "a container on another network, to an address of this host");
        WayExplanation outside = way(holder, "another host");
        assertThat(outside.hops())
                .extracting(HopExplanation::what)
                .containsExactly(
                        "ip6 cairn_br_left, chain prerouting: what is for the host is looked up",
                        "ip6 cairn_br_left, chain published: the destination is rewritten",
                        "ip6 cairn_br_left, map any: it becomes [fd00::2]:80",
                        "the kernel forwards IPv6");
        assertThat(places(way(holder, "this host, to [::1]"))).containsExactly("cairn-ports");
    }

    @Test
    void aNetworkThatIsRoutedIsTheReasonWhyNobodyHasThePort() {
        PortExplanation nobody = PortAnalysis.of(new PortFacts(
                PortQuery.parse("8080"),
                List.of(),
                List.of(),
                Inside.NOTHING,
                Forwarding.BOTH,
                List.of(),
                List.of("web, which is reached at 10.1.0.2:80,"),
                List.of()));
        assertThat(nobody.summary())
                .isEqualTo("nothing on this host holds 8080/tcp: the network of container web, which is reached at"
                        + " 10.1.0.2:80, is routed");
        assertThat(nobody.hint()).startsWith("speak to the container's own address");
    }

    @Test
    void withoutTheTableItIsRelayedAndThatIsSaid() {
        Scene.Net off = new Scene.Net("bridge", "172.17.0", 16, false, true, "it is switched off");
        HolderExplanation holder = explain(
                        "8080", place(off, 2), EVERYWHERE, true, true, List.of(), listener("0.0.0.0", 80, false))
                .holders()
                .getFirst();
        WayExplanation way = way(holder, "another host");
        assertThat(way.passes()).isTrue();
        assertThat(way.hops().getFirst().what()).isEqualTo("there is no table of ours: it is switched off");
        assertThat(places(way)).containsExactly("firewall", "cairn-ports");
    }

    @Test
    void anElementThatLeadsElsewhereStopsIt() {
        HolderExplanation holder = explain(
                        "192.0.2.2:8080",
                        place(BRIDGE, 2, "tcp . 8080 : 172.17.0.9 . 80"),
                        EVERYWHERE,
                        true,
                        true,
                        List.of(),
                        listener("0.0.0.0", 80, false))
                .holders()
                .getFirst();
        assertThat(Hops.stop(way(holder, "another host").hops()).what())
                .isEqualTo("the map any leads to 172.17.0.9:80, which is not where the container is");
    }

    @Test
    void forwardingChainsOfOthersAndALostHolderAreTold() {
        DroppingChain chain = new DroppingChain("ip", "filter", "FORWARD", "forward", "policy drop");
        PortExplanation port = explain(
                "8080",
                place(BRIDGE, 2, ELEMENT),
                EVERYWHERE,
                false,
                false,
                List.of(chain),
                listener("0.0.0.0", 80, false));
        HolderExplanation holder = port.holders().getFirst();
        WayExplanation outside = way(holder, "another host");
        assertThat(outside.passes()).isFalse();
        assertThat(outside.hops().get(3).hint()).isEqualTo("sysctl -w net.ipv4.ip_forward=1");
        assertThat(outside.hops().getLast().what()).contains("ip filter FORWARD drops");
        assertThat(way(holder, "this host, to 127").hops().getFirst().what())
                .isEqualTo("no process of ours holds 0.0.0.0:8080");
        assertThat(port.dropping()).hasSize(1);
        // The host itself still gets there.
        assertThat(holder.reached()).isTrue();
        assertThat(holder.summary()).contains("; not for packets from another host; nor from this host, to 127.0.0.1");
    }

    @Test
    void aPortOfTheLoopbackHasNoWayFromOutside() {
        HolderExplanation holder = explain(
                        "8080",
                        place(BRIDGE, 2),
                        List.of(published("127.0.0.1", 8080, 80)),
                        true,
                        true,
                        List.of(),
                        listener("0.0.0.0", 80, false))
                .holders()
                .getFirst();
        assertThat(way(holder, "this host, to 127").passes()).isTrue();
        HopExplanation closed = way(holder, "another host").hops().getFirst();
        assertThat(closed.what()).startsWith("the port is bound to 127.0.0.1:8080 only, the host's own loopback");
        assertThat(closed.hint()).isEqualTo("publish it with -p 0.0.0.0:8080:80/tcp as well");
    }

    @Test
    void whatListensOnItsOwnLoopbackStopsEveryWay() {
        PortExplanation port = explain(
                "8080", place(BRIDGE, 2, ELEMENT), EVERYWHERE, true, true, List.of(), listener("127.0.0.1", 80, false));
        assertThat(port.holders().getFirst().reached()).isFalse();
        assertThat(port.summary()).contains("belongs to container web, but nothing listens on 80/tcp in web");
        assertThat(port.hint()).contains("0.0.0.0");
        assertThat(port.holders().getFirst().listeners().getFirst().takes()).isFalse();
    }

    @Test
    void aPortThatNobodyHasSaysWhoMight() {
        PortFacts nobody = new PortFacts(
                PortQuery.parse("8080"),
                List.of(),
                List.of(),
                Inside.NOTHING,
                Forwarding.BOTH,
                List.of(),
                List.of(),
                List.of("web"));
        assertThat(PortAnalysis.of(nobody).summary())
                .isEqualTo(
                        "nothing on this host holds 8080/tcp; in container web a program listens on that port, which is"
                                + " not published");
        Listener stray = listener("0.0.0.0", 8080, true);
        PortFacts strays = new PortFacts(
                PortQuery.parse("8080"),
                List.of(stray),
                List.of(),
                Inside.NOTHING,
                Forwarding.BOTH,
                List.of(),
                List.of(),
                List.of());
        assertThat(PortAnalysis.of(strays).summary())
                .isEqualTo("0.0.0.0:8080 is held by cairn-ports for a container that does not run any more");
    }
}
