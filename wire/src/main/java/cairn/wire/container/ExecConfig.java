package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /containers/{id}/exec}. */
@Json
@RecordBuilder
public record ExecConfig(
        @Json.Property("User") @DefaultValue("\"\"") String user,
        @Json.Property("Privileged") boolean privileged,
        @Json.Property("Tty") boolean tty,

        @Json.Property("ConsoleSize,omitempty") @DefaultValue("null") @Nullable
        List<Integer> consoleSize,

        @Json.Property("AttachStdin") boolean attachStdin,
        @Json.Property("AttachStderr") boolean attachStderr,
        @Json.Property("AttachStdout") boolean attachStdout,
        @Json.Property("Detach") boolean detach,
        @Json.Property("DetachKeys") @DefaultValue("\"\"") String detachKeys,

        @Json.Property("Env") @DefaultValue("null") @Nullable
        List<String> env,

        @Json.Property("WorkingDir") @DefaultValue("\"\"") String workingDir,

        @Json.Property("Cmd") @DefaultValue("null") @Nullable
        List<String> cmd) {
    public ExecConfig {
        user = requireNonNullElse(user, "");
        detachKeys = requireNonNullElse(detachKeys, "");
        workingDir = requireNonNullElse(workingDir, "");
    }
}
