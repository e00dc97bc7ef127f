package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A socket that waits for connections or datagrams.
 *
 * @param address as it is bound, {@code 0.0.0.0} or {@code ::} for all
 * @param pid of the process that has it, on the host; 0 where it is not to be found
 * @param container that the process is in; empty for none of the engine's
 * @param takes whether it takes what is sent to the address in question
 */
@Json
public record ListenerExplanation(
        @Json.Property("Address") String address,
        @Json.Property("Port") int port,
        @Json.Property("Protocol") String protocol,
        @Json.Property("Pid") int pid,
        @Json.Property("Command") List<String> command,
        @Json.Property("Container") String container,
        @Json.Property("Takes") boolean takes) {
    public ListenerExplanation {
        address = requireNonNullElse(address, "");
        protocol = requireNonNullElse(protocol, "");
        command = List.copyOf(requireNonNullElse(command, List.of()));
        container = requireNonNullElse(container, "");
    }
}
