package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** A device that a driver found. */
@Json
public record DeviceInfo(
        @Json.Property("Source") String source,
        @Json.Property("ID") String id) {
    public DeviceInfo {
        source = requireNonNullElse(source, "");
        id = requireNonNullElse(id, "");
    }
}
