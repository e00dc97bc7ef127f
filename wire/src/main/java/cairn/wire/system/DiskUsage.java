package cairn.wire.system;

import cairn.wire.container.ContainerSummary;
import cairn.wire.image.ImageSummary;
import cairn.wire.volume.VolumeSummary;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /system/df}. */
@Json
@RecordBuilder
public record DiskUsage(
        @Json.Property("LayersSize") long layersSize,

        @Json.Property("Images") @DefaultValue("null") @Nullable
        List<ImageSummary> images,

        @Json.Property("Containers") @DefaultValue("null") @Nullable
        List<ContainerSummary> containers,

        @Json.Property("Volumes") @DefaultValue("null") @Nullable
        List<VolumeSummary> volumes,

        @Json.Property("BuildCache") @DefaultValue("null") @Nullable
        List<BuildCacheRecord> buildCache,

        @Json.Property("BuilderSize,omitempty") long builderSize) {}
