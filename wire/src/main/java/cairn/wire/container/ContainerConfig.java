package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of a container does not depend on the host it runs on. */
@Json
@RecordBuilder
public record ContainerConfig(
        @Json.Property("Hostname") @DefaultValue("\"\"") String hostname,
        @Json.Property("Domainname") @DefaultValue("\"\"") String domainname,
        @Json.Property("User") @DefaultValue("\"\"") String user,
        @Json.Property("AttachStdin") boolean attachStdin,
        @Json.Property("AttachStdout") boolean attachStdout,
        @Json.Property("AttachStderr") boolean attachStderr,

        @Json.Property("ExposedPorts,omitempty") @DefaultValue("null") @Nullable
        Map<String, Object> exposedPorts,

        @Json.Property("Tty") boolean tty,
        @Json.Property("OpenStdin") boolean openStdin,
        @Json.Property("StdinOnce") boolean stdinOnce,

        @Json.Property("Env") @DefaultValue("null") @Nullable
        List<String> env,

        @Json.Property("Cmd") @DefaultValue("null") @Nullable
        List<String> cmd,

        @Json.Property("Healthcheck,omitempty") @Nullable HealthConfig healthcheck,
        @Json.Property("ArgsEscaped,omitempty") boolean argsEscaped,
        @Json.Property("Image") @DefaultValue("\"\"") String image,

        @Json.Property("Volumes") @DefaultValue("null") @Nullable
        Map<String, Object> volumes,

        @Json.Property("WorkingDir") @DefaultValue("\"\"") String workingDir,

        @Json.Property("Entrypoint") @DefaultValue("null") @Nullable
        List<String> entrypoint,

        @Json.Property("NetworkDisabled,omitempty") boolean networkDisabled,

        @Json.Property("MacAddress,omitempty") @DefaultValue("\"\"")
        String macAddress,

        @Json.Property("OnBuild") @DefaultValue("null") @Nullable
        List<String> onBuild,

        @Json.Property("Labels") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("StopSignal,omitempty") @DefaultValue("\"\"")
        String stopSignal,

        @Json.Property("StopTimeout,omitnil") @Nullable Integer stopTimeout,

        @Json.Property("Shell,omitempty") @DefaultValue("null") @Nullable
        List<String> shell) {
    public ContainerConfig {
        hostname = requireNonNullElse(hostname, "");
        domainname = requireNonNullElse(domainname, "");
        user = requireNonNullElse(user, "");
        image = requireNonNullElse(image, "");
        workingDir = requireNonNullElse(workingDir, "");
        macAddress = requireNonNullElse(macAddress, "");
        stopSignal = requireNonNullElse(stopSignal, "");
    }
}
