package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The body of every reply with an error status. */
@Json
public record ErrorResponse(@Json.Property("message") String message) {
    public ErrorResponse {
        message = requireNonNullElse(message, "");
    }
}
