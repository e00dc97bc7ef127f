package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The document {@code containers/ID/config.v2.json} of Docker's data root, so that dockerd and Cairn read each other's
 * containers. The host part lies beside it in {@code hostconfig.json}.
 *
 * @param name with a leading slash
 * @param cairnIds of a container with a user namespace of its own; dockerd has no such field
 * @param created RFC 3339 with nanoseconds
 */
@Json
public record StoredContainer(
        @Json.Property("State") StoredState state,
        @Json.Property("ID") String id,
        @Json.Property("Created") String created,
        @Json.Property("Managed") boolean managed,
        @Json.Property("Path") String path,
        @Json.Property("Args") @Nullable List<String> args,
        @Json.Property("Config") ContainerConfig config,
        @Json.Property("Image") String image,
        @Json.Property("NetworkSettings") @Nullable NetworkSettings networkSettings,
        @Json.Property("LogPath") String logPath,
        @Json.Property("Name") String name,
        @Json.Property("Driver") String driver,
        @Json.Property("OS") String os,
        @Json.Property("RestartCount") int restartCount,
        @Json.Property("HasBeenStartedBefore") boolean hasBeenStartedBefore,
        @Json.Property("HasBeenManuallyStopped") boolean hasBeenManuallyStopped,
        @Json.Property("MountPoints") @Nullable Map<String, StoredMountPoint> mountPoints,
        @Json.Property("HostnamePath") String hostnamePath,
        @Json.Property("HostsPath") String hostsPath,
        @Json.Property("ResolvConfPath") String resolvConfPath,
        @Json.Property("CairnIds") @Nullable IdRange cairnIds) {
    public StoredContainer {
        created = requireNonNullElse(created, "");
        path = requireNonNullElse(path, "");
        image = requireNonNullElse(image, "");
        logPath = requireNonNullElse(logPath, "");
        name = requireNonNullElse(name, "");
        driver = requireNonNullElse(driver, "");
        os = requireNonNullElse(os, "");
        hostnamePath = requireNonNullElse(hostnamePath, "");
        hostsPath = requireNonNullElse(hostsPath, "");
        resolvConfPath = requireNonNullElse(resolvConfPath, "");
    }
}
