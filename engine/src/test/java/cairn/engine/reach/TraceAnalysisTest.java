package cairn.engine.reach;

import static cairn.engine.reach.Scene.Net.BRIDGE;
import static cairn.engine.reach.Scene.Net.LEFT;
import static cairn.engine.reach.Scene.Net.RIGHT;
import static cairn.engine.reach.Scene.ip;
import static cairn.engine.reach.Scene.listener;
import static cairn.engine.reach.Scene.party;
import static cairn.engine.reach.Scene.place;
import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.FurtherBridge;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Transport;
import cairn.linux.Netlink;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.ProbeExplanation;
import cairn.wire.explain.RuleExplanation;
import cairn.wire.explain.TraceExplanation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TraceAnalysisTest {
    private static final ContainerPort PORT = new ContainerPort(80, Transport.TCP);
    private static final ProbeExplanation CONNECTED =
            new ProbeExplanation(Probe.CONNECT, "10.1.0.3:80", "connected", true, 0);
    private static final ProbeExplanation SILENT =
            new ProbeExplanation(Probe.CONNECT, "10.1.0.3:80", "no answer", false, 2500);

    private static TraceFacts facts(
            Party from,
            TraceFacts.Goal goal,
            TraceFacts.@Nullable Naming naming,
            Inside host,
            List<PublishedPort> published,
            Listener... listeners) {
        Party to = goal instanceof TraceFacts.Goal.Container container ? container.party() : null;
        return new TraceFacts(
                from,
                Scene.inside(from.places().toArray(Place[]::new)),
                goal,
                PORT,
                naming,
                host,
                to == null ? Inside.NOTHING : Scene.inside(to.places().toArray(Place[]::new)),
                Forwarding.BOTH,
                false,
                List.of(listeners),
                published);
    }

    private static TraceFacts between(Place one, Place two, Listener... listeners) {
        return facts(
                party("web", one),
                new TraceFacts.Goal.Container(party("db", two), null),
                new TraceFacts.Naming("db", true, List.of(two.address())),
                Scene.host(List.of(), one, two),
                List.of(),
                listeners);
    }

    private static List<String> places(TraceAnalysis.Way way) {
        return way.hops().stream().map(HopExplanation::place).toList();
    }

    private static TraceExplanation explain(TraceFacts facts, @Nullable ProbeExplanation probe) {
        return TraceAnalysis.explain(facts, "db", TraceAnalysis.way(facts), probe);
    }

    @Test
    void onOneNetworkItIsNameNetworkLinksAndListener() {
        TraceFacts facts = between(place(LEFT, 2), place(LEFT, 3), listener("0.0.0.0", 80, false));
        TraceAnalysis.Way way = TraceAnalysis.way(facts);
        assertThat(way.address()).isEqualTo(ip("10.1.0.3"));
        assertThat(Hops.stop(way.hops())).isNull();
        assertThat(places(way)).containsExactly("name", "network", "route", "link", "link", "interface", "listener");
        assertThat(way.hops().getFirst().what())
                .isEqualTo("the name service of web (127.0.0.11) knows db by the network left");
        TraceExplanation trace = explain(facts, CONNECTED);
        assertThat(trace.reached()).isTrue();
        assertThat(trace.summary()).isEqualTo("web reaches db at 10.1.0.3:80/tcp: a connection is taken");
    }

    /** What joins a further bridge to the network's first one is part of the way. */
    @Test
    void aFurtherBridgeHasToBeJoined() {
        FurtherBridge further = new FurtherBridge(2, "br2-left", "dn2-left", "up2-left");
        Place one = place(LEFT, 2);
        Place two = place(LEFT, 3);
        Place beyond = new Place(
                two.network(),
                new BridgeFacts(
                        "br-left",
                        List.of(further),
                        "cairn_br_left",
                        null,
                        true,
                        GatewayMode.NAT,
                        GatewayMode.NAT,
                        true),
                two.endpoint(),
                false,
                two.rules());
        for (int joint : new int[] {LEFT.index(), 0}) {
            Inside host = Scene.host(List.of(), one);
            List<Netlink.Link> links = new ArrayList<>(host.links());
            links.add(new Netlink.Link(90, "br2-left", 1500, null, "bridge", 0, 0, 1));
            links.add(new Netlink.Link(91, "up2-left", 1500, null, "veth", 90, 0, 1));
            links.add(new Netlink.Link(92, "dn2-left", 1500, null, "veth", joint, 0, 1));
            links.add(new Netlink.Link(93, two.endpoint().hostInterface(), 1500, null, "veth", 90, 0, 1));
            TraceAnalysis.Way way = TraceAnalysis.way(facts(
                    party("web", one),
                    new TraceFacts.Goal.Container(party("db", beyond), null),
                    null,
                    new Inside(links, host.addresses(), host.routes(), List.of()),
                    List.of(),
                    listener("0.0.0.0", 80, false)));
            HopExplanation stop = Hops.stop(way.hops());
            if (joint == 0) {
                assertThat(stop).isNotNull();
                assertThat(stop.what()).startsWith("br2-left is not joined to br-left: up2-left and dn2-left");
            } else {
                assertThat(stop).isNull();
                assertThat(way.hops().stream().map(HopExplanation::what))
                        .contains(
                                "veth00000000003, plugged into br2-left, is the host's end of the veth pair of db",
                                "br2-left is joined to br-left by up2-left and dn2-left");
            }
        }
    }

    /** The real packet decides, whatever the records say. */
    @Test
    void theVerdictIsTheProbes() {
        TraceExplanation silent =
                explain(between(place(LEFT, 2), place(LEFT, 3), listener("0.0.0.0", 80, false)), SILENT);
        assertThat(silent.reached()).isFalse();
        assertThat(silent.summary())
                .isEqualTo(
                        "web does not reach db at 10.1.0.3:80/tcp: a connection is not taken (no answer), though nothing"
                                + " that is known here stops it");
        assertThat(silent.hint()).contains("firewall");
        TraceExplanation odd = explain(between(place(LEFT, 2), place(LEFT, 3)), CONNECTED);
        assertThat(odd.reached()).isTrue();
        assertThat(odd.summary())
                .contains("; yet by what is known here it should not: nothing listens on 80/tcp in db");
        // An answered ping proves no port.
        ProbeExplanation answered = new ProbeExplanation(Probe.PING, "10.1.0.3", "answered", true, 0);
        assertThat(explain(between(place(LEFT, 2), place(LEFT, 3)), answered).reached())
                .isFalse();
    }

    @Test
    void betweenNetworksTheRuleIsShownAndAWayAroundIsNamed() {
        Place one = place(LEFT, 2);
        Place two = place(RIGHT, 3);
        TraceFacts facts = facts(
                party("web", one),
                new TraceFacts.Goal.Container(party("db", two), null),
                new TraceFacts.Naming("db", true, null),
                Scene.host(List.of(), one, two),
                List.of(Scene.published("0.0.0.0", 8080, 80)),
                listener("0.0.0.0", 80, false));
        TraceAnalysis.Way way = TraceAnalysis.way(facts);
        assertThat(way.address()).isEqualTo(ip("10.2.0.3"));
        HopExplanation stop = Hops.stop(way.hops());
        assertThat(stop.place()).isEqualTo("isolation");
        assertThat(stop.what())
                .startsWith("web is on the network left, db on the network right: none is common to both");
        assertThat(stop.evidence())
                .isEqualTo("table ip cairn_br_right: ip daddr 10.2.0.0/24 iifname != { \"lo\", \"br-right\" } drop");
        assertThat(stop.hint())
                .isEqualTo(
                        "cairn network connect right web; or use port 8080 of the host, which leads to 80/tcp of db");
        assertThat(way.hops().getFirst().state()).isEqualTo(HopExplanation.NOTE);
    }

    @Test
    void aNetworkThatIsRoutedLetsPublishedPortsIn() {
        Place open = Scene.routed(RIGHT, 3, "10.2.0.3 . tcp . 80");
        TraceAnalysis.Way way = TraceAnalysis.way(between(place(LEFT, 2), open, listener("0.0.0.0", 80, false)));
        assertThat(Hops.stop(way.hops())).isNull();
        assertThat(places(way)).contains("isolation", "route", "firewall", "kernel", "link", "listener");
        // A port whose number only begins like it is another one.
        Place closed = Scene.routed(RIGHT, 3, "10.2.0.3 . tcp . 8080");
        HopExplanation stop =
                Hops.stop(TraceAnalysis.way(between(place(LEFT, 2), closed, listener("0.0.0.0", 80, false)))
                        .hops());
        assertThat(stop.what())
                .isEqualTo("the firewall lets only published ports come in to right, and db does not publish 80/tcp");
        assertThat(stop.evidence())
                .isEqualTo("table ip cairn_br_right: oifname \"br-right\" iifname != \"br-right\" drop");
        assertThat(stop.hint()).isEqualTo("make db anew with -p 80/tcp, or cairn network connect right web");
    }

    @Test
    void aNetworkThatTrustsTheOthersBridgeLetsPublishedPortsIn() {
        Place open = Scene.trusting(RIGHT, 3, LEFT, "10.2.0.3 . tcp . 80");
        TraceAnalysis.Way way = TraceAnalysis.way(between(place(LEFT, 2), open, listener("0.0.0.0", 80, false)));
        assertThat(Hops.stop(way.hops())).isNull();
        assertThat(way.hops())
                .anySatisfy(
                        hop -> assertThat(hop.what()).endsWith("none is common to both; right trusts web's bridge"));
        Place closed = Scene.trusting(RIGHT, 3, LEFT);
        HopExplanation stop =
                Hops.stop(TraceAnalysis.way(between(place(LEFT, 2), closed, listener("0.0.0.0", 80, false)))
                        .hops());
        assertThat(stop.what())
                .isEqualTo("the firewall lets only published ports come in to right, and db does not publish 80/tcp");
        Place stranger = Scene.trusting(RIGHT, 3, new Scene.Net("third", "10.3.0", 24, false, true, null));
        assertThat(Hops.stop(TraceAnalysis.way(between(place(LEFT, 2), stranger, listener("0.0.0.0", 80, false)))
                                .hops())
                        .place())
                .isEqualTo("isolation");
    }

    /** Without a family in common; the rule names that bridge, too. */
    @Test
    void aNetworkDoesNotTrustItsOwnBridge() {
        Place six = Scene.six(RIGHT, 3);
        Place to = new Place(
                six.network(),
                six.bridge(),
                six.endpoint(),
                false,
                List.of(new RuleExplanation(
                        "ip6 foreign", "ip6 daddr fd00::/64 iifname != { \"lo\", \"br-right\" } drop", "")));
        assertThat(Hops.stop(TraceAnalysis.way(between(place(RIGHT, 2), to)).hops())
                        .place())
                .isEqualTo("isolation");
    }

    @Test
    void withoutAFirewallNothingKeepsThemApart() {
        Scene.Net off = new Scene.Net("right", "10.2.0", 24, false, true, "it is switched off");
        TraceAnalysis.Way way =
                TraceAnalysis.way(between(place(LEFT, 2), place(off, 3), listener("0.0.0.0", 80, false)));
        assertThat(Hops.stop(way.hops())).isNull();
        assertThat(places(way)).contains("isolation", "route");
    }

    @Test
    void aNetworkThatKeepsItsContainersApartIsPassedOverWhereThereIsAnother() {
        Scene.Net apart = new Scene.Net("left", "10.1.0", 24, false, false, null);
        TraceAnalysis.Way stopped =
                TraceAnalysis.way(between(place(apart, 2), place(apart, 3), listener("0.0.0.0", 80, false)));
        assertThat(Hops.stop(stopped.hops()).evidence())
                .isEqualTo("ports veth00000000002 and veth00000000003 of br-left are isolated");
        Place one = place(apart, 2);
        Place two = place(RIGHT, 4);
        Place three = place(apart, 3);
        Place four = place(RIGHT, 5);
        TraceFacts both = facts(
                party("web", one, two),
                new TraceFacts.Goal.Container(party("db", three, four), null),
                null,
                Scene.host(List.of(), one, two, three, four),
                List.of(),
                listener("0.0.0.0", 80, false));
        TraceAnalysis.Way way = TraceAnalysis.way(both);
        assertThat(way.address()).isEqualTo(ip("10.2.0.5"));
        assertThat(Hops.stop(way.hops())).isNull();
    }

    @Test
    void anInternalNetworkLeadsNowhere() {
        Scene.Net inner = new Scene.Net("left", "10.1.0", 24, true, true, null);
        Place one = place(inner, 2);
        TraceFacts facts = facts(
                party("web", one),
                new TraceFacts.Goal.Elsewhere(ip("192.0.2.7")),
                null,
                Scene.host(List.of(), one),
                List.of());
        assertThat(Hops.stop(TraceAnalysis.way(facts).hops()).what())
                .isEqualTo("web has no route to 192.0.2.7: it is on internal networks only");
        TraceFacts host =
                facts(party("web", one), new TraceFacts.Goal.Host(null), null, Scene.host(List.of(), one), List.of());
        TraceAnalysis.Way way = TraceAnalysis.way(host);
        assertThat(way.address()).isEqualTo(ip("10.1.0.1"));
        assertThat(Hops.stop(way.hops()).what()).isEqualTo("nothing listens on 80/tcp on the host");
    }

    @Test
    void theWorldIsReachedByRouteForwardingAndTheHostsAddress() {
        Place one = place(BRIDGE, 2);
        DroppingChain chain = new DroppingChain("inet", "f", "forward", "forward", "policy drop");
        TraceFacts facts = facts(
                party("web", one),
                new TraceFacts.Goal.Elsewhere(ip("192.0.2.7")),
                null,
                Scene.host(List.of(chain), one),
                List.of());
        TraceAnalysis.Way way = TraceAnalysis.way(facts);
        assertThat(places(way)).containsExactly("route", "link", "route", "kernel", "firewall", "firewall");
        assertThat(way.hops().getLast().what()).isEqualTo("what leaves bridge gets the address of the host");
        TraceExplanation trace = TraceAnalysis.explain(facts, "192.0.2.7", way, SILENT);
        assertThat(trace.hint()).startsWith("look whether it is the firewall: somebody else's chain inet f forward");
    }

    @Test
    void whatDoesNotRunOrIsOnNoNetworkIsNotTried() {
        Party stopped = new Party("db", "db", "db", "exited", 0, 0, Party.Namespace.OWN, List.of());
        TraceFacts toStopped = facts(
                party("web", place(LEFT, 2)),
                new TraceFacts.Goal.Container(stopped, null),
                null,
                Inside.NOTHING,
                List.of());
        assertThat(TraceAnalysis.way(toStopped).address()).isNull();
        assertThat(explain(toStopped, null).summary())
                .isEqualTo("web does not reach db: db does not run: it is exited");
        Party none = new Party("web", "web", "web", "running", 9, 1, Party.Namespace.NONE, List.of());
        TraceFacts fromNone =
                facts(none, new TraceFacts.Goal.Elsewhere(ip("192.0.2.7")), null, Inside.NOTHING, List.of());
        assertThat(explain(fromNone, null).summary()).contains("web is on no network");
    }

    @Test
    void aLinkThatIsNotPluggedInIsNamed() {
        Place one = place(LEFT, 2);
        Place two = place(LEFT, 3);
        TraceFacts facts = facts(
                party("web", one),
                new TraceFacts.Goal.Container(party("db", two), null),
                null,
                Scene.host(List.of(), one),
                List.of(),
                listener("0.0.0.0", 80, false));
        assertThat(Hops.stop(TraceAnalysis.way(facts).hops()).what())
                .isEqualTo("veth00000000003, the host's end of the veth pair of db, is not there");
    }
}
