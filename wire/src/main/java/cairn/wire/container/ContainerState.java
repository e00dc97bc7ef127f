package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** Where a container is in its life. Times are RFC 3339 with nanoseconds; the zero time is {@code 0001-01-01T00:00:00Z}. */
@Json
@RecordBuilder
public record ContainerState(
        @Json.Property("Status") @DefaultValue("\"\"") String status,
        @Json.Property("Running") boolean running,
        @Json.Property("Paused") boolean paused,
        @Json.Property("Restarting") boolean restarting,
        @Json.Property("OOMKilled") boolean oomKilled,
        @Json.Property("Dead") boolean dead,
        @Json.Property("Pid") int pid,
        @Json.Property("ExitCode") int exitCode,
        @Json.Property("Error") @DefaultValue("\"\"") String error,
        @Json.Property("StartedAt") @DefaultValue("\"\"") String startedAt,
        @Json.Property("FinishedAt") @DefaultValue("\"\"") String finishedAt,
        @Json.Property("Health,omitempty") @Nullable Health health,

        @Json.Property("CairnCause,omitempty") @Nullable ExitCause cairnCause) {
    public ContainerState {
        status = requireNonNullElse(status, "");
        error = requireNonNullElse(error, "");
        startedAt = requireNonNullElse(startedAt, "");
        finishedAt = requireNonNullElse(finishedAt, "");
    }
}
