package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a container reaches somebody, and where not.
 *
 * @param from name of the container
 * @param to what was named
 * @param port with its protocol; empty where none was asked for
 * @param address that was tried; empty where there is none to try
 * @param probe null where nothing could be sent
 */
@Json
public record TraceExplanation(
        @Json.Property("From") String from,
        @Json.Property("To") String to,
        @Json.Property("Port") String port,
        @Json.Property("Address") String address,
        @Json.Property("Reached") boolean reached,
        @Json.Property("Summary") String summary,
        @Json.Property("Hint") String hint,
        @Json.Property("Hops") List<HopExplanation> hops,
        @Json.Property("Listeners") List<ListenerExplanation> listeners,
        @Json.Property("Probe") @Nullable ProbeExplanation probe) {
    public TraceExplanation {
        from = requireNonNullElse(from, "");
        to = requireNonNullElse(to, "");
        port = requireNonNullElse(port, "");
        address = requireNonNullElse(address, "");
        summary = requireNonNullElse(summary, "");
        hint = requireNonNullElse(hint, "");
        hops = List.copyOf(requireNonNullElse(hops, List.of()));
        listeners = List.copyOf(requireNonNullElse(listeners, List.of()));
    }
}
