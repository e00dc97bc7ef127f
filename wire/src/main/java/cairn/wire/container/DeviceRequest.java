package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request for devices by driver and capability. */
@Json
public record DeviceRequest(
        @Json.Property("Driver") String driver,
        @Json.Property("Count") int count,
        @Json.Property("DeviceIDs") @Nullable List<String> deviceIds,
        @Json.Property("Capabilities") @Nullable List<List<String>> capabilities,
        @Json.Property("Options") @Nullable Map<String, String> options) {
    public DeviceRequest {
        driver = requireNonNullElse(driver, "");
    }
}
