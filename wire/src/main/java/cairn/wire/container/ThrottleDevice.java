package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Block I/O rate limit of one device, in bytes or operations a second. */
@Json
public record ThrottleDevice(
        @Json.Property("Path") String path,
        @Json.Property("Rate") long rate) {
    public ThrottleDevice {
        path = requireNonNullElse(path, "");
    }
}
