package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of {@code GET /containers/json}. */
@Json
@RecordBuilder
public record ContainerSummary(
        @Json.Property("Id") @DefaultValue("\"\"") String id,
        @Json.Property("Names") List<String> names,
        @Json.Property("Image") @DefaultValue("\"\"") String image,
        @Json.Property("ImageID") @DefaultValue("\"\"") String imageId,

        @Json.Property("ImageManifestDescriptor,omitempty") @Nullable
        Descriptor imageManifestDescriptor,

        @Json.Property("Command") @DefaultValue("\"\"") String command,
        @Json.Property("Created") long created,
        @Json.Property("Ports") List<Port> ports,
        @Json.Property("SizeRw,omitempty") long sizeRw,
        @Json.Property("SizeRootFs,omitempty") long sizeRootFs,

        @Json.Property("Labels") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("State") @DefaultValue("\"\"") String state,
        @Json.Property("Status") @DefaultValue("\"\"") String status,

        @Json.Property("HostConfig") @DefaultValue("SummaryHostConfig.EMPTY")
        SummaryHostConfig hostConfig,

        @Json.Property("NetworkSettings") @Nullable SummaryNetworks networkSettings,
        @Json.Property("Mounts") List<MountPoint> mounts) {
    public ContainerSummary {
        id = requireNonNullElse(id, "");
        names = requireNonNullElse(names, List.of());
        image = requireNonNullElse(image, "");
        imageId = requireNonNullElse(imageId, "");
        command = requireNonNullElse(command, "");
        ports = requireNonNullElse(ports, List.of());
        state = requireNonNullElse(state, "");
        status = requireNonNullElse(status, "");
        hostConfig = requireNonNullElse(hostConfig, SummaryHostConfig.EMPTY);
        mounts = requireNonNullElse(mounts, List.of());
    }
}
