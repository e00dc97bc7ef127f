package cairn.engine.reach;

import cairn.engine.explain.FirewallRules;
import cairn.engine.network.BridgeFacts;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.PublishedPort;
import cairn.engine.network.Subnet;
import cairn.wire.explain.HolderExplanation;
import cairn.wire.explain.HopExplanation;
import cairn.wire.explain.ListenerExplanation;
import cairn.wire.explain.PortExplanation;
import cairn.wire.explain.RuleExplanation;
import cairn.wire.explain.WayExplanation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Follows packets for a port of the host, from each origin, as far as they get. */
final class PortAnalysis {
    private final PortFacts facts;

    private PortAnalysis(PortFacts facts) {
        this.facts = facts;
    }

    static PortExplanation of(PortFacts facts) {
        return new PortAnalysis(facts).explain();
    }

    private PortExplanation explain() {
        List<HolderExplanation> holders = new ArrayList<>();
        for (PortFacts.Publication publication : facts.publications()) {
            holders.add(published(publication));
        }
        for (Listener socket : facts.sockets()) {
            if (!published(socket)) {
                holders.add(held(socket));
            }
        }
        List<RuleExplanation> dropping = facts.host().dropping().stream()
                .filter(chain -> !chain.hook().equals("output"))
                .map(DroppingChain::explain)
                .toList();
        if (holders.isEmpty()) {
            return new PortExplanation(facts.query().toString(), nobody(), free(), holders, dropping);
        }
        return new PortExplanation(
                facts.query().toString(),
                holders.stream().map(HolderExplanation::summary).collect(Collectors.joining("\n")),
                holders.stream()
                        .map(HolderExplanation::hint)
                        .filter(hint -> !hint.isEmpty())
                        .findFirst()
                        .orElse(""),
                holders,
                dropping);
    }

    private String nobody() {
        String port = facts.query().toString();
        if (!facts.idle().isEmpty()) {
            return "nothing on this host holds " + port + "; container " + String.join(", ", facts.idle())
                    + " publishes it when it runs";
        }
        if (!facts.routed().isEmpty()) {
            return "nothing on this host holds " + port + ": the network of container "
                    + String.join(", ", facts.routed()) + " is routed";
        }
        return "nothing on this host holds " + port
                + (facts.unpublished().isEmpty()
                        ? ""
                        : "; in container " + String.join(", ", facts.unpublished())
                                + " a program listens on that port, which is not published");
    }

    private String free() {
        int port = facts.query().port().number();
        if (!facts.idle().isEmpty()) {
            return "cairn start " + facts.idle().getFirst();
        }
        if (!facts.routed().isEmpty()) {
            return "speak to the container's own address; other machines need a route to it over this host";
        }
        return facts.unpublished().isEmpty()
                ? "publish it with 'cairn run -p " + port + ":PORT', where PORT is the one that the program listens on"
                : "a port is published when a container is made: 'cairn run -p " + port + ":" + port + "'";
    }

    // ---- processes

    /** Whether it is there for one of the containers that publish the port. */
    private boolean published(Listener socket) {
        return socket.holder()
                && facts.publications().stream()
                        .flatMap(publication -> publication.ports().stream())
                        .anyMatch(port -> port.hostAddress().equals(socket.address()));
    }

    private HolderExplanation held(Listener socket) {
        boolean stray = socket.holder();
        String what = socket.container().isEmpty()
                ? socket.process()
                : "container " + socket.container() + ", which uses the host's network: " + socket.process();
        return new HolderExplanation(
                List.of(socket.bound()),
                socket.container(),
                "",
                "",
                socket.container().isEmpty() ? "" : "host",
                List.of(socket.explain(true)),
                List.of(),
                List.of(),
                List.of(),
                true,
                stray
                        ? socket.bound() + " is held by cairn-ports for a container that does not run any more"
                        : socket.bound() + "/" + socket.port().transport() + " is held by "
                                + (socket.container().isEmpty() ? "no container, but by " : "") + what,
                stray
                        ? "restart the daemon, which gives back what no container has"
                        : socket.container().isEmpty()
                                ? "to publish the port for a container, end that process first, or take another port of the"
                                        + " host, or another address"
                                : "");
    }

    // ---- published ports

    private HolderExplanation published(PortFacts.Publication publication) {
        Party container = publication.container();
        ContainerPort port = publication.ports().getFirst().port();
        List<String> bindings = publication.ports().stream()
                .map(one -> PortQuery.hostPort(one.hostAddress(), one.hostPort()))
                .toList();
        List<ListenerExplanation> sockets = facts.sockets().stream()
                .filter(socket -> publication.ports().stream()
                        .anyMatch(one -> one.hostAddress().equals(socket.address())))
                .map(socket -> socket.explain(socket.holder()))
                .toList();
        Place place = publication.place();
        InetAddress target = place == null ? null : publication.v6() ? place.ipv6() : place.ipv4();
        if (place == null || target == null) {
            String summary = String.join(", ", bindings) + " belongs to container " + container.name()
                    + ", which is on no network that leads out";
            return new HolderExplanation(
                    bindings,
                    container.name(),
                    container.id(),
                    "",
                    "",
                    sockets,
                    List.of(),
                    List.of(),
                    List.of(),
                    false,
                    summary,
                    "cairn network connect NETWORK " + container.name());
        }
        List<WayExplanation> ways = new ArrayList<>();
        for (Origin origin : Origin.values()) {
            if (origin.concerns(publication) && origin.asked(facts.query().address(), publication)) {
                List<HopExplanation> hops = way(origin, publication, place, target);
                ways.add(new WayExplanation(origin.text, Hops.stop(hops) == null, hops));
            }
        }
        List<HopExplanation> inside = inside(publication, place, target, port);
        HopExplanation stop = Hops.stop(inside);
        boolean passes = ways.stream().anyMatch(WayExplanation::passes);
        if (stop == null && !passes) {
            stop = ways.stream()
                    .map(way -> Hops.stop(way.hops()))
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        String lead = String.join(", ", bindings) + "/" + port.transport();
        return new HolderExplanation(
                bindings,
                container.name(),
                container.id(),
                PortQuery.hostPort(target, port.number()) + "/" + port.transport(),
                place.network().name(),
                sockets,
                ways,
                inside,
                Listening.explain(target, port, publication.listeners()),
                stop == null && passes,
                lead
                        + (stop == null
                                ? " leads to container " + container.name() + ", " + listener(inside) + partly(ways)
                                : " belongs to container " + container.name() + ", but " + stop.what()),
                stop == null ? "" : stop.hint());
    }

    private static String listener(List<HopExplanation> inside) {
        return inside.getLast().what();
    }

    private static String partly(List<WayExplanation> ways) {
        List<String> closed = ways.stream()
                .filter(way -> !way.passes())
                .map(WayExplanation::from)
                .toList();
        return closed.isEmpty() ? "" : "; not for packets from " + String.join("; nor from ", closed);
    }

    private List<HopExplanation> inside(
            PortFacts.Publication publication, Place place, InetAddress target, ContainerPort port) {
        Hops hops = new Hops();
        String name = publication.container().name();
        Delivery.route(hops, facts.host(), place, target);
        Delivery.link(hops, facts.host(), place, name);
        Delivery.inside(hops, publication.inside(), place, target, name);
        DroppingChain.note(hops, publication.inside().dropping(), "prerouting", "input");
        if (publication.container().paused()) {
            hops.stops(
                    "container",
                    name + " is paused: its kernel takes connections, and no program answers",
                    "",
                    "cairn unpause " + name);
        }
        Listening.of(target, port, publication.listeners()).tell(hops, target, port, name);
        return hops.list();
    }

    // ---- from where

    /** Where packets may come from. */
    private enum Origin {
        OUTSIDE("another host"),
        OWN("this host, to an address of its own"),
        LOOPBACK("this host, to 127.0.0.1"),
        LOOPBACK6("this host, to [::1]"),
        OUTSIDE6("another host or this one, to an IPv6 address"),
        NEIGHBOUR("a container on the same network, to an address of this host"),
        OTHER("a container on another network, to an address of this host");

        private final String text;

        Origin(String text) {
            this.text = text;
        }

        /** Those of IPv6 alone are for containers that are reached over IPv4 also from there; with IPv6 they are as those of IPv4. */
        boolean concerns(PortFacts.Publication publication) {
            return switch (this) {
                case OUTSIDE, OWN, NEIGHBOUR, OTHER -> true;
                case LOOPBACK -> !publication.v6();
                case LOOPBACK6 -> publication.v6() || publication.relays6();
                case OUTSIDE6 -> publication.relays6();
            };
        }

        boolean v6(PortFacts.Publication publication) {
            return publication.v6() || this == LOOPBACK6 || this == OUTSIDE6;
        }

        boolean loopback() {
            return this == LOOPBACK || this == LOOPBACK6;
        }

        boolean asked(@Nullable InetAddress address, PortFacts.Publication publication) {
            return address == null
                    || v6(publication) == Subnet.v6(address) && loopback() == address.isLoopbackAddress();
        }

        /** Whether the kernel forwards what comes from there, rather than sending it itself. */
        boolean forwarded() {
            return this == OUTSIDE || this == OTHER;
        }

        boolean takenBy(InetAddress bound, @Nullable InetAddress asked, PortFacts.Publication publication) {
            if (v6(publication) != Subnet.v6(bound)) {
                return false;
            }
            return bound.isAnyLocalAddress()
                    || loopback() == bound.isLoopbackAddress() && (asked == null || asked.equals(bound));
        }
    }

    private List<HopExplanation> way(
            Origin origin, PortFacts.Publication publication, Place place, InetAddress target) {
        Hops hops = new Hops();
        PublishedPort binding = publication.ports().stream()
                .filter(port -> origin.takenBy(port.hostAddress(), facts.query().address(), publication))
                .min((one, other) -> Boolean.compare(
                        one.hostAddress().isAnyLocalAddress(),
                        other.hostAddress().isAnyLocalAddress()))
                .orElse(null);
        if (binding == null) {
            hops.stops("host", closed(origin, publication), "", open(origin, publication));
            return hops.list();
        }
        boolean mapped = origin.v6(publication) == publication.v6() && !origin.loopback() && origin != Origin.NEIGHBOUR;
        if (mapped && rewritten(hops, origin, binding, place, target)) {
            if (origin.forwarded()) {
                facts.forwarding().tell(hops, publication.v6());
                DroppingChain.note(hops, facts.host().dropping(), "prerouting", "forward");
            }
            return hops.list();
        }
        if (!origin.loopback() && origin != Origin.OWN) {
            DroppingChain.note(hops, facts.host().dropping(), "prerouting", "input");
        }
        relayed(hops, binding, place);
        return hops.list();
    }

    private static String closed(Origin origin, PortFacts.Publication publication) {
        List<PublishedPort> ports = publication.ports();
        String bound = ports.stream()
                .map(port -> PortQuery.hostPort(port.hostAddress(), port.hostPort()))
                .collect(Collectors.joining(", "));
        boolean loopback = ports.stream().allMatch(port -> port.hostAddress().isLoopbackAddress());
        return "the port is bound to " + bound + " only"
                + (loopback && !origin.loopback() ? ", the host's own loopback, which nobody else reaches" : "");
    }

    private static String open(Origin origin, PortFacts.Publication publication) {
        PublishedPort port = publication.ports().getFirst();
        String address = origin.v6(publication) ? "[::]:" : origin.loopback() ? "127.0.0.1:" : "0.0.0.0:";
        return "publish it with -p " + address + port.hostPort() + ":" + port.port() + " as well";
    }

    /** Whether the firewall's maps lead it to the container; if they ought to and do not, that is noted. */
    private boolean rewritten(Hops hops, Origin origin, PublishedPort binding, Place place, InetAddress target) {
        BridgeFacts bridge = place.bridge();
        String table = bridge == null ? "" : bridge.table();
        String family = Subnet.v6(target) ? "ip6 " : "ip ";
        boolean all = binding.hostAddress().isAnyLocalAddress();
        String map = all ? "any" : "one";
        String key = (all ? "" : Subnet.format(binding.hostAddress()) + " . ")
                + binding.port().transport() + " . " + binding.hostPort();
        RuleExplanation element = place.element(family + "map " + map, key);
        String chain = origin == Origin.OWN ? "output" : "prerouting";
        RuleExplanation hook = place.rule(family + chain, "jump published");
        RuleExplanation rule = place.rule(family + "published", "map @" + map);
        if (element == null || hook == null || rule == null) {
            String fault = bridge == null ? null : bridge.fault();
            hops.note(
                    "firewall",
                    fault != null
                            ? "there is no table of ours: " + fault
                            : place.rules().isEmpty()
                                    ? "the table " + table + " is not there"
                                    : "the table " + table + " lacks "
                                            + (element == null ? "the port in its map " + map : "a rule"),
                    "");
            return false;
        }
        hops.passes(
                "firewall", family + table + ", chain " + chain + ": what is for the host is looked up", hook.rule());
        hops.passes("firewall", family + table + ", chain published: the destination is rewritten", rule.rule());
        String to = FirewallRules.destination(element.rule());
        if (!to.equals(PortQuery.hostPort(target, binding.port().number()))) {
            hops.stops(
                    "firewall",
                    "the map " + map + " leads to " + to + ", which is not where the container is",
                    element.rule(),
                    "restart the daemon, which puts its tables in place again");
            return true;
        }
        hops.passes("firewall", family + table + ", map " + map + ": it becomes " + to, element.rule());
        return true;
    }

    private void relayed(Hops hops, PublishedPort binding, Place place) {
        Listener holder = facts.sockets().stream()
                .filter(socket -> socket.holder() && socket.address().equals(binding.hostAddress()))
                .findFirst()
                .orElse(null);
        String bound = PortQuery.hostPort(binding.hostAddress(), binding.hostPort());
        if (holder == null && !binding.port().transport().toString().equals("sctp")) {
            hops.stops(
                    "cairn-ports",
                    "no process of ours holds " + bound,
                    "",
                    "restart the daemon, which has cairn-ports hold again what running containers publish");
            return;
        }
        BridgeFacts bridge = place.bridge();
        hops.passes(
                "cairn-ports",
                (holder == null ? "cairn-ports" : "cairn-ports, process " + holder.pid() + ",") + " takes it at "
                        + bound
                        + " and connects to the container, from the address of "
                        + (bridge == null ? "the host" : bridge.link()),
                "");
    }
}
