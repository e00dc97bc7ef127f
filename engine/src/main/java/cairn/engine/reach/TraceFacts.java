package cairn.engine.reach;

import cairn.engine.network.ContainerPort;
import cairn.engine.network.PublishedPort;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about a way from a container to somebody.
 *
 * @param fromInside the container's namespace; @param toInside that of the other container, empty for others
 * @param port null where only the address matters
 * @param naming null where nobody has to be found by name
 * @param filtered whether the firewall also sees what stays on a bridge
 * @param listeners of the goal; none where it is no business of this machine
 * @param published ports of the container that is the goal
 */
record TraceFacts(
        Party from,
        Inside fromInside,
        Goal goal,
        @Nullable ContainerPort port,
        @Nullable Naming naming,
        Inside host,
        Inside toInside,
        Forwarding forwarding,
        boolean filtered,
        List<Listener> listeners,
        List<PublishedPort> published) {
    TraceFacts {
        listeners = List.copyOf(listeners);
        published = List.copyOf(published);
    }

    /** Who is to be reached. */
    sealed interface Goal {
        /** @param wanted one of its addresses; null for the best */
        record Container(Party party, @Nullable InetAddress wanted) implements Goal {}

        /** This machine. @param wanted one of its addresses; null for the best */
        record Host(@Nullable InetAddress wanted) implements Goal {}

        record Elsewhere(InetAddress address) implements Goal {}
    }

    /**
     * What a name means to the container.
     *
     * @param served whether it has a name service at all
     * @param addresses null if that does not know the name
     */
    record Naming(String name, boolean served, @Nullable List<InetAddress> addresses) {}
}
