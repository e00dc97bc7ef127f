package cairn.engine.reach;

import cairn.engine.network.BridgeFacts;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.GatewayMode;
import cairn.engine.network.Network;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Subnet;
import cairn.linux.Netlink;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.ProbeExplanation;
import cairn.wire.explain.RuleExplanation;
import cairn.wire.explain.TraceExplanation;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows packets from a container to somebody, by rules and records, and judges what a real one has met. */
final class TraceAnalysis {
    /** Where to send the real packet, if there is an address, and what it ought to meet. */
    record Way(@Nullable InetAddress address, List<HopExplanation> hops) {}

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String MACVLAN_AND_HOST =
            "the kernel lets no packet pass between a link of this kind and its own parent";

    private final TraceFacts facts;
    private final Party from;
    private final Hops hops = new Hops();

    private TraceAnalysis(TraceFacts facts) {
        this.facts = facts;
        this.from = facts.from();
    }

    static Way way(TraceFacts facts) {
        TraceAnalysis analysis = new TraceAnalysis(facts);
        InetAddress address = analysis.follow();
        ContainerPort port = facts.port();
        if (address != null && port != null) {
            Listening listening = Listening.of(address, port, facts.listeners());
            switch (facts.goal()) {
                case TraceFacts.Goal.Container container ->
                    listening.tell(
                            analysis.hops, address, port, container.party().name());
                case TraceFacts.Goal.Host _ -> listening.tellHost(analysis.hops, address, port);
                case TraceFacts.Goal.Elsewhere _ -> {
                    // Sockets of others are not to be seen.
                }
            }
        }
        return new Way(address, analysis.hops.list());
    }

    private @Nullable InetAddress follow() {
        if (!runs(from)) {
            return null;
        }
        if (from.namespace() != Party.Namespace.HOST && from.places().isEmpty()) {
            hops.stops(
                    "network",
                    from.name() + " is on no network: it has its loopback and nothing else",
                    "",
                    from.namespace() == Party.Namespace.NONE
                            ? "make it anew with another --network"
                            : "cairn network connect NETWORK " + from.name());
            return null;
        }
        return switch (facts.goal()) {
            case TraceFacts.Goal.Container container -> container(container.party(), container.wanted());
            case TraceFacts.Goal.Host host -> host(host.wanted());
            case TraceFacts.Goal.Elsewhere elsewhere -> elsewhere(elsewhere.address());
        };
    }

    private boolean runs(Party party) {
        if (!party.runs()) {
            hops.stops(
                    "container",
                    party.name() + " does not run: it is " + party.status(),
                    "",
                    "cairn start " + party.name() + "; 'cairn why " + party.name() + "' says why it does not run");
        }
        return party.runs();
    }

    // ---- to a container

    private @Nullable InetAddress container(Party to, @Nullable InetAddress wanted) {
        if (!runs(to)) {
            return null;
        }
        if (to.places().isEmpty()) {
            hops.stops("network", to.name() + " is on no network", "", "cairn network connect NETWORK " + to.name());
            return null;
        }
        name();
        InetAddress address;
        Place common = common(to, wanted);
        if (sameNamespace(to)) {
            address = wanted == null ? to.places().getFirst().address() : wanted;
            hops.passes("network", from.name() + " and " + to.name() + " have one network namespace", "");
        } else if (from.namespace() == Party.Namespace.HOST) {
            Place place = wanted == null ? to.places().getFirst() : on(to, wanted);
            address = wanted == null ? place.address() : wanted;
            hops.passes(
                    "network",
                    from.name() + " uses the host's network, and the host reaches all of its containers",
                    "");
            Delivery.route(hops, facts.host(), place, address);
            deliver(to, place, address);
        } else if (common != null) {
            address = wanted == null ? addressOn(common, to) : wanted;
            together(to, common, address);
        } else {
            Place place = wanted == null ? to.places().getFirst() : on(to, wanted);
            address = wanted == null ? place.address() : wanted;
            apart(to, place, address);
        }
        if (to.paused()) {
            hops.note("container", to.name() + " is paused: its kernel takes connections, and no program answers", "");
        }
        return address;
    }

    private boolean sameNamespace(Party to) {
        return from.owner().equals(to.owner());
    }

    private static Place on(Party party, InetAddress address) {
        Place place = party.towards(address);
        return place == null ? party.places().getFirst() : place;
    }

    private void name() {
        TraceFacts.Naming naming = facts.naming();
        if (naming == null || from.namespace() == Party.Namespace.HOST) {
            return;
        }
        List<InetAddress> addresses = naming.addresses();
        if (!naming.served()) {
            hops.note(
                    "name",
                    "names of containers are not resolved in " + from.name() + ", which is " + from.networks()
                            + "; on networks of one's own they are",
                    "");
        } else if (addresses == null) {
            hops.note(
                    "name",
                    "the name service of " + from.name() + " does not know " + naming.name()
                            + ", which is on none of its networks where names are resolved",
                    "");
        } else {
            Place place = addresses.isEmpty() ? null : from.towards(addresses.getFirst());
            hops.passes(
                    "name",
                    "the name service of " + from.name() + " (127.0.0.11) knows " + naming.name()
                            + (place == null
                                    ? ""
                                    : " by the network " + place.network().name()),
                    addresses.stream().map(Subnet::format).collect(Collectors.joining(", ")));
        }
    }

    /** The network that leads to the other: one where traffic between containers is on, if there is one. As seen from here. */
    private @Nullable Place common(Party to, @Nullable InetAddress wanted) {
        Place best = null;
        for (Place place : from.places()) {
            Place there = to.on(place.network().id());
            boolean leads = there != null && (wanted == null ? (address(place, there) != null) : there.covers(wanted));
            if (leads && (best == null || closed(best) && !closed(place))) {
                best = place;
            }
        }
        return best;
    }

    private static boolean closed(Place place) {
        BridgeFacts bridge = place.bridge();
        return bridge != null && !bridge.icc();
    }

    private static InetAddress addressOn(Place here, Party to) {
        Place there = java.util.Objects.requireNonNull(to.on(here.network().id()));
        return java.util.Objects.requireNonNull(address(here, there));
    }

    /** In a family that both have. */
    private static @Nullable InetAddress address(Place here, Place there) {
        return here.ipv4() != null && there.ipv4() != null ? there.ipv4() : here.ipv6() == null ? null : there.ipv6();
    }

    private void together(Party to, Place here, InetAddress address) {
        Network network = here.network();
        Place there = java.util.Objects.requireNonNull(to.on(network.id()));
        BridgeFacts bridge = here.bridge();
        hops.passes(
                "network",
                from.name() + " and " + to.name() + " are both on " + network.name() + ", driver " + network.driver()
                        + (network.internal() ? ", internal: it leads nowhere else" : ""),
                network.pools().stream().map(pool -> pool.subnet().toString()).collect(Collectors.joining(", ")));
        route(address);
        Delivery.link(hops, facts.host(), here, from.name());
        if (bridge != null && !bridge.icc()) {
            RuleExplanation rule = there.rule("ip between", "iifname \"" + bridge.link() + "\" oifname \"", "drop");
            hops.stops(
                    "bridge",
                    network.name() + " keeps its containers apart (com.docker.network.bridge.enable_icc=false)",
                    here.isolated() && there.isolated()
                            ? "ports " + here.endpoint().hostInterface() + " and "
                                    + there.endpoint().hostInterface() + " of " + bridge.link()
                                    + (bridge.further().isEmpty() ? "" : " and the bridges that are joined to it")
                                    + " are isolated"
                            : Place.text(rule),
                    "bring both onto a network without that option" + byPort(to));
        }
        if (facts.filtered()) {
            DroppingChain.note(hops, facts.host().dropping(), "forward");
        }
        deliver(to, there, address);
    }

    private void deliver(Party to, Place place, InetAddress address) {
        Delivery.link(hops, facts.host(), place, to.name());
        Delivery.inside(hops, facts.toInside(), place, address, to.name());
        DroppingChain.note(hops, facts.toInside().dropping(), "prerouting", "input");
    }

    private void apart(Party to, Place there, InetAddress address) {
        String both = from.name() + " is " + from.networks() + ", " + to.name() + " " + to.networks()
                + ": none is common to both";
        String hint = "cairn network connect " + there.network().name() + " " + from.name() + byPort(to);
        BridgeFacts bridge = there.bridge();
        String family = Subnet.v6(address) ? "ip6 " : "ip ";
        RuleExplanation rule = there.rule(family + "foreign", "daddr " + subnet(there, address), "drop");
        if (bridge != null && bridge.fault() == null) {
            String how = both + "; " + there.network().name();
            if (bridge.mode(Subnet.v6(address)) == GatewayMode.ROUTED) {
                byPublishedPorts(to, there, address, family + bridge.table(), how + " is routed", hint);
                return;
            }
            if (trusted(rule, bridge)) {
                how += " trusts " + from.name() + "'s bridge";
                byPublishedPorts(to, there, address, family + bridge.table(), how, hint);
                return;
            }
        }
        if (rule == null) {
            rule = there.rule(family + "between", "iifname != ", "drop");
        }
        if (rule != null && bridge != null) {
            hops.stops(
                    "isolation",
                    both + ", and the firewall drops what comes to "
                            + there.network().name() + " from other networks",
                    "table " + family + bridge.table() + ": " + rule.rule(),
                    hint);
        } else if (route(address) == null) {
            hops.stops("isolation", both, "", hint);
        } else {
            hops.note("isolation", both + ", and no rule of ours keeps them apart", "");
            if (bridge != null) {
                Delivery.route(hops, facts.host(), there, address);
                deliver(to, there, address);
            }
        }
    }

    /** Whether the rule that keeps strangers out makes an exception of one of the sender's bridges (trusted_host_interfaces). */
    private boolean trusted(@Nullable RuleExplanation rule, BridgeFacts own) {
        return from.places().stream()
                .map(Place::bridge)
                .anyMatch(bridge -> bridge != null
                        && !bridge.link().equals(own.link())
                        && Place.text(rule).contains("\"" + bridge.link() + "\""));
    }

    /** To a network whose containers are reached at their own addresses: at those ports which they publish; with a ping if it is routed. */
    private void byPublishedPorts(Party to, Place there, InetAddress address, String table, String how, String hint) {
        String name = there.network().name();
        hops.note("isolation", how, "");
        if (route(address) == null) {
            return;
        }
        String family = Subnet.v6(address) ? "ip6 " : "ip ";
        ContainerPort port = facts.port();
        RuleExplanation rule = port == null
                ? there.rule(family + "between", "icmp", "accept")
                : there.element(
                        family + "set open", Subnet.format(address) + " . " + port.transport() + " . " + port.number());
        if (rule != null) {
            hops.passes(
                    "firewall",
                    "the firewall lets " + (port == null ? "a ping" : port + ", which " + to.name() + " publishes,")
                            + " come in to " + name,
                    "table " + table + ": " + rule.rule());
        } else {
            RuleExplanation drop = there.rule(family + "between", "iifname != ", "drop");
            hops.stops(
                    "firewall",
                    "the firewall lets only published ports come in to " + name
                            + (port == null ? "" : ", and " + to.name() + " does not publish " + port),
                    drop == null ? "" : "table " + table + ": " + drop.rule(),
                    (port == null ? "" : "make " + to.name() + " anew with -p " + port + ", or ") + hint);
        }
        facts.forwarding().tell(hops, Subnet.v6(address));
        Delivery.route(hops, facts.host(), there, address);
        deliver(to, there, address);
    }

    private static String subnet(Place place, InetAddress address) {
        Network.Pool pool = place.network().pool(address);
        return pool == null ? "" : pool.subnet().toString();
    }

    private String byPort(Party to) {
        ContainerPort port = facts.port();
        for (PublishedPort published : facts.published()) {
            if (published.port().equals(port)
                    && !published.routed()
                    && !published.hostAddress().isLoopbackAddress()) {
                return "; or use port " + published.hostPort() + " of the host, which leads to " + port + " of "
                        + to.name();
            }
        }
        return "";
    }

    /** In the container's own namespace. Null if there is none, which is told. */
    private Netlink.@Nullable Route route(InetAddress address) {
        Netlink.Route route = facts.fromInside().route(address);
        if (route == null) {
            boolean internal =
                    from.places().stream().allMatch(place -> place.network().internal());
            hops.stops(
                    "route",
                    from.name() + " has no route to " + Subnet.format(address)
                            + (internal ? ": it is on internal networks only" : ""),
                    "",
                    internal
                            ? "cairn network connect NETWORK " + from.name() + ", with a network that is not internal"
                            : "somebody has changed the routes in the container; start it anew");
        } else {
            hops.passes(
                    "route",
                    from.name() + " sends it over " + facts.fromInside().linkName(route.index()),
                    facts.fromInside().text(route));
            DroppingChain.note(hops, facts.fromInside().dropping(), "output");
        }
        return route;
    }

    // ---- to the host

    private @Nullable InetAddress host(@Nullable InetAddress wanted) {
        if (from.namespace() == Party.Namespace.HOST) {
            hops.passes("network", from.name() + " uses the host's own network", "");
            return wanted == null ? LOOPBACK : wanted;
        }
        InetAddress address = wanted == null ? gateway() : wanted;
        if (address == null) {
            hops.stops(
                    "network",
                    "the host has no address on the networks of " + from.name(),
                    "",
                    "cairn network connect bridge " + from.name());
            return null;
        }
        Place place = from.towards(address);
        if (place != null && place.bridge() == null) {
            hops.stops(
                    "network",
                    "the host is not reached over " + place.network().name() + ", driver "
                            + place.network().driver() + ": " + MACVLAN_AND_HOST,
                    "",
                    "cairn network connect bridge " + from.name());
            return address;
        }
        if (place != null) {
            hops.passes(
                    "network",
                    Subnet.format(address) + " is the host's address on "
                            + place.network().name(),
                    "");
        }
        if (route(address) == null) {
            return address;
        }
        if (place != null) {
            Delivery.link(hops, facts.host(), place, from.name());
        }
        DroppingChain.note(hops, facts.host().dropping(), "prerouting", "input");
        return address;
    }

    private @Nullable InetAddress gateway() {
        for (Place place : from.places()) {
            for (Network.Pool pool : place.network().pools()) {
                if (place.bridge() != null
                        && pool.gateway() != null
                        && facts.host().has(pool.gateway())) {
                    return pool.gateway();
                }
            }
        }
        return null;
    }

    // ---- to the world

    private InetAddress elsewhere(InetAddress address) {
        if (from.namespace() == Party.Namespace.HOST) {
            Netlink.Route route = facts.host().route(address);
            if (route == null) {
                hops.stops("route", "the host has no route to " + Subnet.format(address), "", "see 'ip route'");
            } else {
                hops.passes(
                        "route",
                        from.name() + " uses the host's network",
                        facts.host().text(route));
            }
            return address;
        }
        Place near = from.towards(address);
        if (near != null) {
            hops.note(
                    "network",
                    Subnet.format(address) + " belongs to " + near.network().name() + ", and is no container's",
                    "");
        }
        Netlink.Route route = route(address);
        if (route == null || near != null) {
            return address;
        }
        Place out = from.places().stream()
                .filter(place -> route.gateway() != null
                        && place.network().pools().stream()
                                .anyMatch(pool -> route.gateway().equals(pool.gateway())))
                .findFirst()
                .orElse(null);
        if (out == null || out.bridge() == null) {
            return address;
        }
        Delivery.link(hops, facts.host(), out, from.name());
        Netlink.Route onward = facts.host().route(address);
        if (onward == null) {
            hops.stops("route", "the host has no route to " + Subnet.format(address), "", "see 'ip route'");
            return address;
        }
        hops.passes("route", "the host sends it on", facts.host().text(onward));
        facts.forwarding().tell(hops, Subnet.v6(address));
        DroppingChain.note(hops, facts.host().dropping(), "prerouting", "forward");
        RuleExplanation masquerade = out.rule((Subnet.v6(address) ? "ip6 " : "ip ") + "postrouting", "masquerade");
        if (masquerade == null) {
            hops.note(
                    "firewall",
                    "what leaves " + out.network().name() + " keeps its address: others need a route back to it",
                    "");
        } else {
            hops.passes(
                    "firewall",
                    "what leaves " + out.network().name() + " gets the address of the host",
                    masquerade.rule());
        }
        return address;
    }

    // ---- the verdict

    /** @param to as it was asked for; @param probe null where nothing could be sent */
    static TraceExplanation explain(TraceFacts facts, String to, Way way, @Nullable ProbeExplanation probe) {
        HopExplanation stop = Hops.stop(way.hops());
        InetAddress address = way.address();
        ContainerPort port = facts.port();
        boolean reached = stop == null;
        if (probe != null) {
            // A connection is the whole proof; an echo proves the way, and says nothing of a port.
            reached = probe.reached() && (probe.kind().equals(Probe.CONNECT) || port == null || stop == null);
        }
        String where = address == null
                ? ""
                : port == null
                        ? Subnet.format(address)
                        : PortQuery.hostPort(address, port.number()) + "/" + port.transport();
        String at = where.isEmpty() || where.equals(to) ? "" : " at " + where;
        String names = facts.from().name() + (reached ? " reaches " : " does not reach ") + to + at;
        String summary;
        String hint = "";
        if (reached) {
            summary = names
                    + (probe == null ? "" : ": " + result(probe))
                    + (stop == null ? "" : "; yet by what is known here it should not: " + stop.what());
        } else if (stop != null) {
            summary = names + ": " + stop.what();
            hint = stop.hint();
        } else {
            summary = names + ": " + (probe == null ? "" : result(probe))
                    + ", though nothing that is known here stops it";
            hint = suspects(way.hops());
        }
        return new TraceExplanation(
                facts.from().name(),
                to,
                port == null ? "" : port.toString(),
                address == null ? "" : Subnet.format(address),
                reached,
                summary,
                hint,
                way.hops(),
                address == null || port == null ? List.of() : Listening.explain(address, port, facts.listeners()),
                probe);
    }

    private static String result(ProbeExplanation probe) {
        return switch (probe.kind()) {
            case Probe.CONNECT ->
                "a connection is " + (probe.reached() ? "taken" : "not taken (" + probe.result() + ")");
            default -> probe.reached() ? "it answers a ping" : "it does not answer a ping (" + probe.result() + ")";
        };
    }

    private static String suspects(List<HopExplanation> hops) {
        return hops.stream()
                .filter(hop ->
                        hop.state().equals(HopExplanation.NOTE) && hop.place().equals("firewall"))
                .map(hop -> "look whether it is the firewall: " + hop.what())
                .findFirst()
                .orElse(
                        "the other side, or something on the way that is not Cairn's, does not answer; a firewall there, or the"
                                + " rules inside the container, may be to blame");
    }
}
