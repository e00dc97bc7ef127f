package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.network.NetworkingConfig;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /containers/create}: the fields of {@link ContainerConfig} inline, with the host and network parts beside them. */
@Json
@RecordBuilder
public record CreateContainerRequest(
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
        List<String> shell,

        @Json.Property("HostConfig,omitempty") @Nullable HostConfig hostConfig,

        @Json.Property("NetworkingConfig,omitempty") @Nullable
        NetworkingConfig networkingConfig) {
    public CreateContainerRequest {
        hostname = requireNonNullElse(hostname, "");
        domainname = requireNonNullElse(domainname, "");
        user = requireNonNullElse(user, "");
        image = requireNonNullElse(image, "");
        workingDir = requireNonNullElse(workingDir, "");
        macAddress = requireNonNullElse(macAddress, "");
        stopSignal = requireNonNullElse(stopSignal, "");
    }

    /** The request that the CLI sends: the parts put together again. */
    public static CreateContainerRequest of(
            ContainerConfig config, @Nullable HostConfig hostConfig, @Nullable NetworkingConfig networkingConfig) {
        return new CreateContainerRequest(
                config.hostname(),
                config.domainname(),
                config.user(),
                config.attachStdin(),
                config.attachStdout(),
                config.attachStderr(),
                config.exposedPorts(),
                config.tty(),
                config.openStdin(),
                config.stdinOnce(),
                config.env(),
                config.cmd(),
                config.healthcheck(),
                config.argsEscaped(),
                config.image(),
                config.volumes(),
                config.workingDir(),
                config.entrypoint(),
                config.networkDisabled(),
                config.macAddress(),
                config.onBuild(),
                config.labels(),
                config.stopSignal(),
                config.stopTimeout(),
                config.shell(),
                hostConfig,
                networkingConfig);
    }

    /** The inline fields as the record that inspect shows later. */
    public ContainerConfig config() {
        return new ContainerConfig(
                hostname,
                domainname,
                user,
                attachStdin,
                attachStdout,
                attachStderr,
                exposedPorts,
                tty,
                openStdin,
                stdinOnce,
                env,
                cmd,
                healthcheck,
                argsEscaped,
                image,
                volumes,
                workingDir,
                entrypoint,
                networkDisabled,
                macAddress,
                onBuild,
                labels,
                stopSignal,
                stopTimeout,
                shell);
    }
}
