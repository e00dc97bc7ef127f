package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** The state within {@link StoredContainer}. */
@Json
public record StoredState(
        @Json.Property("Running") boolean running,
        @Json.Property("Paused") boolean paused,
        @Json.Property("Restarting") boolean restarting,
        @Json.Property("OOMKilled") boolean oomKilled,
        @Json.Property("RemovalInProgress") boolean removalInProgress,
        @Json.Property("Dead") boolean dead,
        @Json.Property("Pid") int pid,
        @Json.Property("ExitCode") int exitCode,
        @Json.Property("Error") String error,
        @Json.Property("StartedAt") String startedAt,
        @Json.Property("FinishedAt") String finishedAt,
        @Json.Property("Health,omitempty") @Nullable Health health,

        @Json.Property("CairnCause,omitempty") @Nullable ExitCause cairnCause) {
    public StoredState {
        error = requireNonNullElse(error, "");
        startedAt = requireNonNullElse(startedAt, "");
        finishedAt = requireNonNullElse(finishedAt, "");
    }
}
