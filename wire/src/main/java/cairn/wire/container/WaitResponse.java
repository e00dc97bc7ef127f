package cairn.wire.container;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** Reply of {@code POST /containers/{id}/wait}. */
@Json
public record WaitResponse(
        @Json.Property("Error,omitempty") @Nullable WaitError error,
        @Json.Property("StatusCode") long statusCode) {}
