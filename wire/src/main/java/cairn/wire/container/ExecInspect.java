package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /exec/{id}/json}. The exit code is null until the process has ended. */
@Json
@RecordBuilder
public record ExecInspect(
        @Json.Property("ID") @DefaultValue("\"\"") String id,
        @Json.Property("Running") boolean running,
        @Json.Property("ExitCode") @Nullable Integer exitCode,
        @Json.Property("ProcessConfig") @Nullable ExecProcessConfig processConfig,
        @Json.Property("OpenStdin") boolean openStdin,
        @Json.Property("OpenStderr") boolean openStderr,
        @Json.Property("OpenStdout") boolean openStdout,
        @Json.Property("CanRemove") boolean canRemove,
        @Json.Property("ContainerID") @DefaultValue("\"\"") String containerId,
        @Json.Property("DetachKeys") @Nullable String detachKeys,
        @Json.Property("Pid") int pid) {
    public ExecInspect {
        id = requireNonNullElse(id, "");
        containerId = requireNonNullElse(containerId, "");
    }
}
