package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of {@code GET /images/{name}/history}, newest first. The time is in seconds. */
@Json
@RecordBuilder
public record HistoryItem(
        @Json.Property("Comment") @DefaultValue("\"\"") String comment,
        @Json.Property("Created") long created,
        @Json.Property("CreatedBy") @DefaultValue("\"\"") String createdBy,
        @Json.Property("Id") @DefaultValue("\"\"") String id,
        @Json.Property("Size") long size,

        @Json.Property("Tags") @DefaultValue("null") @Nullable
        List<String> tags) {
    public HistoryItem {
        comment = requireNonNullElse(comment, "");
        createdBy = requireNonNullElse(createdBy, "");
        id = requireNonNullElse(id, "");
    }
}
