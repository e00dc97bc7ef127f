package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One entry of the build cache. */
@Json
@RecordBuilder
public record BuildCacheRecord(
        @Json.Property("ID") @DefaultValue("\"\"") String id,

        @Json.Property("Parent,omitempty") @DefaultValue("\"\"")
        String parent,

        @Json.Property("Parents,omitempty") @DefaultValue("null") @Nullable
        List<String> parents,

        @Json.Property("Type") @DefaultValue("\"\"") String type,
        @Json.Property("Description") @DefaultValue("\"\"") String description,
        @Json.Property("InUse") boolean inUse,
        @Json.Property("Shared") boolean shared,
        @Json.Property("Size") long size,

        @Json.Property("CreatedAt") @DefaultValue("\"0001-01-01T00:00:00Z\"")
        String createdAt,

        @Json.Property("LastUsedAt") @Nullable String lastUsedAt,
        @Json.Property("UsageCount") int usageCount) {
    public BuildCacheRecord {
        id = requireNonNullElse(id, "");
        parent = requireNonNullElse(parent, "");
        type = requireNonNullElse(type, "");
        description = requireNonNullElse(description, "");
        createdAt = requireNonNullElse(createdAt, "0001-01-01T00:00:00Z");
    }
}
