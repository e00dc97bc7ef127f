package cairn.wire.volume;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A volume, in lists and in {@code GET /volumes/{name}}. */
@Json
@RecordBuilder
public record VolumeSummary(
        @Json.Property("CreatedAt,omitempty") @DefaultValue("\"\"")
        String createdAt,

        @Json.Property("Driver") @DefaultValue("\"\"") String driver,

        @Json.Property("Labels") @DefaultValue("null") @Nullable
        Map<String, String> labels,

        @Json.Property("Mountpoint") @DefaultValue("\"\"") String mountpoint,
        @Json.Property("Name") @DefaultValue("\"\"") String name,

        @Json.Property("Options") @DefaultValue("null") @Nullable
        Map<String, String> options,

        @Json.Property("Scope") @DefaultValue("\"\"") String scope,

        @Json.Property("Status,omitempty") @DefaultValue("null") @Nullable
        Map<String, Object> status,

        @Json.Property("UsageData,omitempty") @Nullable VolumeUsage usageData) {
    public VolumeSummary {
        createdAt = requireNonNullElse(createdAt, "");
        driver = requireNonNullElse(driver, "");
        mountpoint = requireNonNullElse(mountpoint, "");
        name = requireNonNullElse(name, "");
        scope = requireNonNullElse(scope, "");
    }
}
