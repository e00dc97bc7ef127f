package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import cairn.wire.GraphDriverData;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /containers/{id}/json}. */
@Json
@RecordBuilder
public record ContainerInspect(
        @Json.Property("Id") @DefaultValue("\"\"") String id,
        @Json.Property("Created") @DefaultValue("\"\"") String created,
        @Json.Property("Path") @DefaultValue("\"\"") String path,
        @Json.Property("Args") List<String> args,
        @Json.Property("State") @Nullable ContainerState state,
        @Json.Property("Image") @DefaultValue("\"\"") String image,

        @Json.Property("ResolvConfPath") @DefaultValue("\"\"")
        String resolvConfPath,

        @Json.Property("HostnamePath") @DefaultValue("\"\"") String hostnamePath,
        @Json.Property("HostsPath") @DefaultValue("\"\"") String hostsPath,
        @Json.Property("LogPath") @DefaultValue("\"\"") String logPath,
        @Json.Property("Name") @DefaultValue("\"\"") String name,
        @Json.Property("RestartCount") int restartCount,
        @Json.Property("Driver") @DefaultValue("\"\"") String driver,
        @Json.Property("Platform") @DefaultValue("\"\"") String platform,
        @Json.Property("MountLabel") @DefaultValue("\"\"") String mountLabel,
        @Json.Property("ProcessLabel") @DefaultValue("\"\"") String processLabel,

        @Json.Property("AppArmorProfile") @DefaultValue("\"\"")
        String appArmorProfile,

        @Json.Property("ExecIDs") @DefaultValue("null") @Nullable
        List<String> execIds,

        @Json.Property("HostConfig") @Nullable HostConfig hostConfig,

        @Json.Property("GraphDriver") @DefaultValue("GraphDriverData.EMPTY")
        GraphDriverData graphDriver,

        @Json.Property("SizeRw,omitnil") @Nullable Long sizeRw,
        @Json.Property("SizeRootFs,omitnil") @Nullable Long sizeRootFs,
        @Json.Property("Mounts") List<MountPoint> mounts,
        @Json.Property("Config") @Nullable ContainerConfig config,
        @Json.Property("NetworkSettings") @Nullable NetworkSettings networkSettings,

        @Json.Property("ImageManifestDescriptor,omitempty") @Nullable
        Descriptor imageManifestDescriptor) {
    public ContainerInspect {
        id = requireNonNullElse(id, "");
        created = requireNonNullElse(created, "");
        path = requireNonNullElse(path, "");
        args = requireNonNullElse(args, List.of());
        image = requireNonNullElse(image, "");
        resolvConfPath = requireNonNullElse(resolvConfPath, "");
        hostnamePath = requireNonNullElse(hostnamePath, "");
        hostsPath = requireNonNullElse(hostsPath, "");
        logPath = requireNonNullElse(logPath, "");
        name = requireNonNullElse(name, "");
        driver = requireNonNullElse(driver, "");
        platform = requireNonNullElse(platform, "");
        mountLabel = requireNonNullElse(mountLabel, "");
        processLabel = requireNonNullElse(processLabel, "");
        appArmorProfile = requireNonNullElse(appArmorProfile, "");
        graphDriver = requireNonNullElse(graphDriver, GraphDriverData.EMPTY);
        mounts = requireNonNullElse(mounts, List.of());
    }
}
