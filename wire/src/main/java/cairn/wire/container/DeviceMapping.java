package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** A device node of the host inside the container. */
@Json
public record DeviceMapping(
        @Json.Property("PathOnHost") String pathOnHost,
        @Json.Property("PathInContainer") String pathInContainer,
        @Json.Property("CgroupPermissions") String cgroupPermissions) {
    public DeviceMapping {
        pathOnHost = requireNonNullElse(pathOnHost, "");
        pathInContainer = requireNonNullElse(pathInContainer, "");
        cgroupPermissions = requireNonNullElse(cgroupPermissions, "");
    }
}
