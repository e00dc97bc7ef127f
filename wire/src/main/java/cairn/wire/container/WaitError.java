package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Why waiting failed. */
@Json
public record WaitError(@Json.Property("Message,omitempty") String message) {
    public WaitError {
        message = requireNonNullElse(message, "");
    }
}
