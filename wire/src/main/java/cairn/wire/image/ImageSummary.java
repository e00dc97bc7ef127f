package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of {@code GET /images/json}. Sizes of -1 mean not counted. */
@Json
@RecordBuilder
public record ImageSummary(
        @Json.Property("Containers") long containers,
        @Json.Property("Created") long created,
        @Json.Property("Id") @DefaultValue("\"\"") String id,

        @Json.Property("Labels") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("ParentId") @DefaultValue("\"\"") String parentId,
        @Json.Property("Descriptor,omitempty") @Nullable Descriptor descriptor,

        @Json.Property("Manifests,omitempty") @DefaultValue("null") @Nullable
        List<ManifestSummary> manifests,

        @Json.Property("RepoDigests") @DefaultValue("List.of()")
        List<String> repoDigests,

        @Json.Property("RepoTags") @DefaultValue("List.of()")
        List<String> repoTags,

        @Json.Property("SharedSize") long sharedSize,
        @Json.Property("Size") long size,
        @Json.Property("VirtualSize,omitempty") long virtualSize) {
    public ImageSummary {
        id = requireNonNullElse(id, "");
        parentId = requireNonNullElse(parentId, "");
        repoDigests = requireNonNullElse(repoDigests, List.of());
        repoTags = requireNonNullElse(repoTags, List.of());
    }
}
