package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Block I/O weight of one device. */
@Json
public record WeightDevice(
        @Json.Property("Path") String path,
        @Json.Property("Weight") int weight) {
    public WeightDevice {
        path = requireNonNullElse(path, "");
    }
}
