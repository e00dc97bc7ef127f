package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** An error inside a progress stream. */
@Json
public record ErrorDetail(
        @Json.Property("code,omitempty") int code,
        @Json.Property("message,omitempty") String message) {
    public ErrorDetail {
        message = requireNonNullElse(message, "");
    }
}
