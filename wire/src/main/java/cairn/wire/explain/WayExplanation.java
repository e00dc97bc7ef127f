package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How packets of one origin get to a container's address.
 *
 * @param from where they come from, and the address that they are sent to
 * @param passes whether they get there
 */
@Json
public record WayExplanation(
        @Json.Property("From") String from,
        @Json.Property("Passes") boolean passes,
        @Json.Property("Hops") List<HopExplanation> hops) {
    public WayExplanation {
        from = requireNonNullElse(from, "");
        hops = List.copyOf(requireNonNullElse(hops, List.of()));
    }
}
