package cairn.wire.upkeep;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How images were brought within a budget, or would be.
 *
 * @param before bytes of all layers of images and containers
 * @param decisions those that go, in their order, then those that stay
 */
@Json
public record GcReport(
        @Json.Property("DryRun") boolean dryRun,
        @Json.Property("Keep") long keep,
        @Json.Property("Before") long before,
        @Json.Property("After") long after,
        @Json.Property("Decisions") List<GcDecision> decisions) {
    public GcReport {
        decisions = decisions == null ? List.of() : List.copyOf(decisions);
    }
}
