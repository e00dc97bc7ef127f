package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import cairn.wire.GraphDriverData;
import cairn.wire.container.ContainerConfig;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /images/{name}/json}. */
@Json
@RecordBuilder
public record ImageInspect(
        @Json.Property("Id") @DefaultValue("\"\"") String id,

        @Json.Property("RepoTags") @DefaultValue("List.of()")
        List<String> repoTags,

        @Json.Property("RepoDigests") @DefaultValue("List.of()")
        List<String> repoDigests,

        @Json.Property("Parent") @DefaultValue("\"\"") String parent,
        @Json.Property("Comment") @DefaultValue("\"\"") String comment,

        @Json.Property("Created,omitempty") @DefaultValue("\"\"")
        String created,

        @Json.Property("Container,omitempty") @DefaultValue("\"\"")
        String container,

        @Json.Property("ContainerConfig,omitempty") @Nullable
        ContainerConfig containerConfig,

        @Json.Property("DockerVersion") @DefaultValue("\"\"")
        String dockerVersion,

        @Json.Property("Author") @DefaultValue("\"\"") String author,
        @Json.Property("Config") @Nullable ImageConfig config,
        @Json.Property("Architecture") @DefaultValue("\"\"") String architecture,

        @Json.Property("Variant,omitempty") @DefaultValue("\"\"")
        String variant,

        @Json.Property("Os") @DefaultValue("\"\"") String os,

        @Json.Property("OsVersion,omitempty") @DefaultValue("\"\"")
        String osVersion,

        @Json.Property("Size") long size,
        @Json.Property("VirtualSize,omitempty") long virtualSize,

        @Json.Property("GraphDriver") @DefaultValue("GraphDriverData.EMPTY")
        GraphDriverData graphDriver,

        @Json.Property("RootFS") @DefaultValue("RootFs.EMPTY")
        RootFs rootFs,

        @Json.Property("Metadata") @DefaultValue("ImageMetadata.EMPTY")
        ImageMetadata metadata,

        @Json.Property("Descriptor,omitempty") @Nullable Descriptor descriptor,

        @Json.Property("Manifests,omitempty") @DefaultValue("null") @Nullable
        List<ManifestSummary> manifests) {
    public ImageInspect {
        id = requireNonNullElse(id, "");
        repoTags = requireNonNullElse(repoTags, List.of());
        repoDigests = requireNonNullElse(repoDigests, List.of());
        parent = requireNonNullElse(parent, "");
        comment = requireNonNullElse(comment, "");
        created = requireNonNullElse(created, "");
        container = requireNonNullElse(container, "");
        dockerVersion = requireNonNullElse(dockerVersion, "");
        author = requireNonNullElse(author, "");
        architecture = requireNonNullElse(architecture, "");
        variant = requireNonNullElse(variant, "");
        os = requireNonNullElse(os, "");
        osVersion = requireNonNullElse(osVersion, "");
        graphDriver = requireNonNullElse(graphDriver, GraphDriverData.EMPTY);
        rootFs = requireNonNullElse(rootFs, RootFs.EMPTY);
        metadata = requireNonNullElse(metadata, ImageMetadata.EMPTY);
    }
}
