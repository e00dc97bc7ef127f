package cairn.wire.volume;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /volumes/create}. */
@Json
public record CreateVolumeRequest(
        @Json.Property("Driver,omitempty") String driver,
        @Json.Property("DriverOpts,omitempty") @Nullable Map<String, String> driverOpts,
        @Json.Property("Labels,omitempty") @Nullable Map<String, String> labels,
        @Json.Property("Name,omitempty") String name) {
    public CreateVolumeRequest {
        driver = requireNonNullElse(driver, "");
        name = requireNonNullElse(name, "");
    }
}
