package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What becomes of packets for a port of the host.
 *
 * @param port as it was asked for, with its protocol
 * @param holders none if nobody has it
 * @param dropping rules of others that drop what they do not know, for packets into the host or through it
 */
@Json
public record PortExplanation(
        @Json.Property("Port") String port,
        @Json.Property("Summary") String summary,
        @Json.Property("Hint") String hint,
        @Json.Property("Holders") List<HolderExplanation> holders,
        @Json.Property("Dropping") List<RuleExplanation> dropping) {
    public PortExplanation {
        port = requireNonNullElse(port, "");
        summary = requireNonNullElse(summary, "");
        hint = requireNonNullElse(hint, "");
        holders = List.copyOf(requireNonNullElse(holders, List.of()));
        dropping = List.copyOf(requireNonNullElse(dropping, List.of()));
    }
}
