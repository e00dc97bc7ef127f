package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import org.jspecify.annotations.Nullable;

/** One line of a progress stream: pull, push, load, build. A failure after the first byte travels here, on a 200 reply. */
@Json
@RecordBuilder
public record ProgressMessage(
        @Json.Property("stream,omitempty") @DefaultValue("\"\"")
        String stream,

        @Json.Property("status,omitempty") @DefaultValue("\"\"")
        String status,

        @Json.Property("progressDetail,omitempty") @Nullable ProgressDetail progressDetail,

        @Json.Property("progress,omitempty") @DefaultValue("\"\"")
        String progress,

        @Json.Property("id,omitempty") @DefaultValue("\"\"") String id,
        @Json.Property("errorDetail,omitempty") @Nullable ErrorDetail errorDetail,

        @Json.Property("error,omitempty") @DefaultValue("\"\"")
        String error,

        @Json.Property("aux,omitempty") @Json.Raw @Nullable String aux) {
    public ProgressMessage {
        stream = requireNonNullElse(stream, "");
        status = requireNonNullElse(status, "");
        progress = requireNonNullElse(progress, "");
        id = requireNonNullElse(id, "");
        error = requireNonNullElse(error, "");
    }
}
