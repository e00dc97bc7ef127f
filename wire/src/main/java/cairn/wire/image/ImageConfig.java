package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.container.HealthConfig;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration that an image gives to its containers; empty fields are left out from 1.50 on. */
@Json
@RecordBuilder
public record ImageConfig(
        @Json.Property("User,omitempty") @DefaultValue("\"\"")
        String user,

        @Json.Property("ExposedPorts,omitempty") @DefaultValue("null") @Nullable
        Map<String, Object> exposedPorts,

        @Json.Property("Env,omitempty") @DefaultValue("null") @Nullable
        List<String> env,

        @Json.Property("Entrypoint,omitempty") @DefaultValue("null") @Nullable
        List<String> entrypoint,

        @Json.Property("Cmd,omitempty") @DefaultValue("null") @Nullable
        List<String> cmd,

        @Json.Property("Volumes,omitempty") @DefaultValue("null") @Nullable
        Map<String, Object> volumes,

        @Json.Property("WorkingDir,omitempty") @DefaultValue("\"\"")
        String workingDir,

        @Json.Property("Labels,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("StopSignal,omitempty") @DefaultValue("\"\"")
        String stopSignal,

        @Json.Property("ArgsEscaped,omitempty") boolean argsEscaped,
        @Json.Property("Healthcheck,omitempty") @Nullable HealthConfig healthcheck,

        @Json.Property("OnBuild,omitempty") @DefaultValue("null") @Nullable
        List<String> onBuild,

        @Json.Property("Shell,omitempty") @DefaultValue("null") @Nullable
        List<String> shell) {
    public ImageConfig {
        user = requireNonNullElse(user, "");
        workingDir = requireNonNullElse(workingDir, "");
        stopSignal = requireNonNullElse(stopSignal, "");
    }
}
