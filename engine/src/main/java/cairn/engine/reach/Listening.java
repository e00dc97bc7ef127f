package cairn.engine.reach;

import cairn.engine.network.ContainerPort;
import cairn.engine.network.Transport;
import cairn.wire.explain.ListenerExplanation;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Whether a socket takes what is sent to an address and port, and what comes closest where none does. */
sealed interface Listening {
    record Taken(Listener by) implements Listening {}

    /** @param sockets at the port, for other addresses only */
    record Elsewhere(List<Listener> sockets) implements Listening {}

    /** @param others at other ports of the same protocol */
    record Nowhere(List<Listener> others) implements Listening {}

    /** Its sockets are not to be read. */
    record Unknown() implements Listening {}

    /** A few are told, so that the text stays short. */
    int TOLD = 5;

    static Listening of(InetAddress target, ContainerPort port, List<Listener> sockets) {
        if (port.transport() == Transport.SCTP) {
            return new Unknown();
        }
        List<Listener> at = new ArrayList<>();
        List<Listener> others = new ArrayList<>();
        for (Listener socket : sockets) {
            if (socket.port().equals(port)) {
                if (covers(socket.address(), target)) {
                    return new Taken(socket);
                }
                at.add(socket);
            } else if (socket.port().transport() == port.transport()) {
                others.add(socket);
            }
        }
        return at.isEmpty() ? new Nowhere(others) : new Elsewhere(at);
    }

    /** Whether a socket bound to one address takes packets for the other: {@code ::} takes IPv4 as well unless it is told not to. */
    static boolean covers(InetAddress bound, InetAddress target) {
        return bound.equals(target)
                || bound.isAnyLocalAddress() && (!(bound instanceof Inet4Address) || target instanceof Inet4Address);
    }

    /** What it means to a packet that has come to this machine itself. */
    default void tellHost(Hops hops, InetAddress target, ContainerPort port) {
        if (this instanceof Nowhere) {
            hops.stops(
                    "listener",
                    "nothing listens on " + port + " on the host",
                    "",
                    "start the program, or publish the port of a container that has it");
        } else {
            tell(hops, target, port, "the host");
        }
    }

    /** What it means to a packet that has come to the container of that name. */
    default void tell(Hops hops, InetAddress target, ContainerPort port, String who) {
        String wanted = PortQuery.hostPort(target, port.number()) + "/" + port.transport();
        switch (this) {
            case Taken taken ->
                hops.passes(
                        "listener",
                        taken.by.process() + " listens at " + taken.by.bound()
                                + (taken.by.container().isEmpty()
                                                || taken.by.container().equals(who)
                                        ? ""
                                        : ", in container " + taken.by.container()),
                        "");
            case Elsewhere elsewhere ->
                hops.stops(
                        "listener",
                        "nothing listens on " + port + " in " + who + " for its address " + address(target) + "; "
                                + elsewhere.sockets.getFirst().process() + " listens on "
                                + elsewhere.sockets.stream()
                                        .map(Listener::bound)
                                        .collect(Collectors.joining(", "))
                                + " only",
                        wanted,
                        elsewhere.sockets.stream()
                                        .allMatch(socket -> socket.address().isLoopbackAddress())
                                ? "have the program listen on all addresses (0.0.0.0) instead of its own loopback, where only "
                                        + who
                                        + " itself reaches it; many programs have an option such as --host or --bind for that"
                                : "have the program listen on all addresses (0.0.0.0), or on " + address(target));
            case Nowhere nowhere ->
                hops.stops(
                        "listener",
                        "nothing listens on " + port + " in " + who + instead(nowhere.others),
                        wanted,
                        nowhere.others.isEmpty()
                                ? "see with 'cairn logs' and 'cairn top' whether the program in " + who
                                        + " has come up, and on which port it means to listen"
                                : "use the port that the program listens on");
            case Unknown _ ->
                hops.note("listener", "which sockets listen on " + port.transport() + " is not looked at", "");
        }
    }

    private static String address(InetAddress target) {
        return cairn.engine.network.Subnet.format(target);
    }

    private static String instead(List<Listener> others) {
        List<String> ports =
                others.stream().map(Listener::bound).distinct().limit(TOLD).toList();
        return ports.isEmpty() ? ", nor on any other port" : "; it listens on " + String.join(", ", ports);
    }

    /** All, those at the port first. */
    static List<ListenerExplanation> explain(InetAddress target, ContainerPort port, List<Listener> sockets) {
        List<ListenerExplanation> first = new ArrayList<>();
        List<ListenerExplanation> then = new ArrayList<>();
        for (Listener socket : sockets) {
            boolean here = socket.port().equals(port);
            (here ? first : then).add(socket.explain(here && covers(socket.address(), target)));
        }
        first.addAll(then);
        return first;
    }
}
