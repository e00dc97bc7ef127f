package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A mount inside a container.
 *
 * @param mountPoint inside
 * @param root the directory of the file system that is seen there
 * @param hostPath the same file or directory on the host, where one shows it; else empty
 * @param purpose in words
 */
@Json
public record MountExplanation(
        @Json.Property("MountPoint") String mountPoint,
        @Json.Property("Type") String type,
        @Json.Property("Source") String source,
        @Json.Property("Root") String root,
        @Json.Property("Options") String options,
        @Json.Property("HostPath") String hostPath,
        @Json.Property("Purpose") String purpose) {
    public MountExplanation {
        mountPoint = requireNonNullElse(mountPoint, "");
        type = requireNonNullElse(type, "");
        source = requireNonNullElse(source, "");
        root = requireNonNullElse(root, "");
        options = requireNonNullElse(options, "");
        hostPath = requireNonNullElse(hostPath, "");
        purpose = requireNonNullElse(purpose, "");
    }
}
