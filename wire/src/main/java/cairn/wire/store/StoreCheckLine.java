package cairn.wire.store;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * One line of a check; exactly one member is there. Progress, then findings, then with a repair what was done and what is left, then the
 * summary. A failure after the first byte travels here, on a 200 reply.
 *
 * @param left a finding that is still there after the repair
 */
@Json
public record StoreCheckLine(
        @Json.Property("Progress,omitempty") @Nullable StoreProgress progress,
        @Json.Property("Finding,omitempty") @Nullable StoreFinding finding,
        @Json.Property("Repair,omitempty") @Nullable StoreRepair repair,
        @Json.Property("Left,omitempty") @Nullable StoreFinding left,
        @Json.Property("Summary,omitempty") @Nullable StoreSummary summary,
        @Json.Property("error,omitempty") String error) {
    public StoreCheckLine {
        error = requireNonNullElse(error, "");
    }

    public static StoreCheckLine of(StoreProgress progress) {
        return new StoreCheckLine(progress, null, null, null, null, "");
    }

    public static StoreCheckLine of(StoreFinding finding) {
        return new StoreCheckLine(null, finding, null, null, null, "");
    }

    public static StoreCheckLine of(StoreRepair repair) {
        return new StoreCheckLine(null, null, repair, null, null, "");
    }

    public static StoreCheckLine left(StoreFinding finding) {
        return new StoreCheckLine(null, null, null, finding, null, "");
    }

    public static StoreCheckLine of(StoreSummary summary) {
        return new StoreCheckLine(null, null, null, null, summary, "");
    }

    public static StoreCheckLine failure(String error) {
        return new StoreCheckLine(null, null, null, null, null, error);
    }
}
