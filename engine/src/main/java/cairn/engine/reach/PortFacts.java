package cairn.engine.reach;

import cairn.engine.network.PublishedPort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about a port of the host.
 *
 * @param sockets of the host that hold it
 * @param idle names of containers that would publish it and do not run
 * @param routed names of containers that ask for it, on networks that are routed, and where they are reached instead
 * @param unpublished names of containers in which a program listens on a port of that number and which publish none
 */
record PortFacts(
        PortQuery query,
        List<Listener> sockets,
        List<Publication> publications,
        Inside host,
        Forwarding forwarding,
        List<String> idle,
        List<String> routed,
        List<String> unpublished) {
    /**
     * A container that publishes the port.
     *
     * @param ports all that are asked for and lead to one port of the container
     * @param v6 whether it is reached at its IPv6 address
     * @param relays6 whether it is reached at its IPv4 address by those who speak IPv6 as well
     * @param place where packets for them go; null if it has none any more
     */
    record Publication(
            Party container,
            List<PublishedPort> ports,
            boolean v6,
            boolean relays6,
            @Nullable Place place,
            Inside inside,
            List<Listener> listeners) {
        Publication {
            ports = List.copyOf(ports);
            listeners = List.copyOf(listeners);
        }
    }

    PortFacts {
        sockets = List.copyOf(sockets);
        publications = List.copyOf(publications);
        idle = List.copyOf(idle);
        routed = List.copyOf(routed);
        unpublished = List.copyOf(unpublished);
    }
}
