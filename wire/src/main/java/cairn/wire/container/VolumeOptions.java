package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of a volume mount. */
@Json
public record VolumeOptions(
        @Json.Property("NoCopy,omitempty") boolean noCopy,
        @Json.Property("Labels,omitempty") @Nullable Map<String, String> labels,
        @Json.Property("Subpath,omitempty") String subpath,
        @Json.Property("DriverConfig,omitempty") @Nullable VolumeDriver driverConfig) {
    public VolumeOptions {
        subpath = requireNonNullElse(subpath, "");
    }
}
