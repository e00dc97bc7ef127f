package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * Who has a port of the host: a container that publishes it, or a process.
 *
 * @param bindings addresses and ports of the host, as in {@code [::]:8080}
 * @param container name; empty if no container publishes the port
 * @param target address and port that they lead to, as in {@code 172.17.0.2:80/tcp}; empty for a process
 * @param network that the container is reached on
 * @param sockets of the host that hold the port
 * @param ways one for each origin of packets; none for a process
 * @param inside what packets meet on every way, from the host's route to the program
 * @param listeners what waits in the container, those at the port first
 * @param reached whether packets from at least one origin find a program
 */
@Json
public record HolderExplanation(
        @Json.Property("Bindings") List<String> bindings,
        @Json.Property("Container") String container,
        @Json.Property("ContainerId") String containerId,
        @Json.Property("Target") String target,
        @Json.Property("Network") String network,
        @Json.Property("Sockets") List<ListenerExplanation> sockets,
        @Json.Property("Ways") List<WayExplanation> ways,
        @Json.Property("Inside") List<HopExplanation> inside,
        @Json.Property("Listeners") List<ListenerExplanation> listeners,
        @Json.Property("Reached") boolean reached,
        @Json.Property("Summary") String summary,
        @Json.Property("Hint") String hint) {
    public HolderExplanation {
        bindings = List.copyOf(requireNonNullElse(bindings, List.of()));
        container = requireNonNullElse(container, "");
        containerId = requireNonNullElse(containerId, "");
        target = requireNonNullElse(target, "");
        network = requireNonNullElse(network, "");
        sockets = List.copyOf(requireNonNullElse(sockets, List.of()));
        ways = List.copyOf(requireNonNullElse(ways, List.of()));
        inside = List.copyOf(requireNonNullElse(inside, List.of()));
        listeners = List.copyOf(requireNonNullElse(listeners, List.of()));
        summary = requireNonNullElse(summary, "");
        hint = requireNonNullElse(hint, "");
    }
}
