package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A signal that a client had sent to a container's first process. Not part of Docker's API.
 *
 * @param time RFC 3339
 * @param action {@code stop}, {@code restart}, {@code kill} or {@code rm}
 * @param afterSeconds how long the process had been given since the signal before; 0 for the first
 */
@Json
public record StopRequest(
        @Json.Property("Time") String time,
        @Json.Property("Action") String action,
        @Json.Property("Signal") int signal,
        @Json.Property("AfterSeconds,omitempty") int afterSeconds) {
    public StopRequest {
        time = requireNonNullElse(time, "");
        action = requireNonNullElse(action, "");
    }
}
