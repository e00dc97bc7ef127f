package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The driver that makes a volume on first use. */
@Json
public record VolumeDriver(
        @Json.Property("Name,omitempty") String name,
        @Json.Property("Options,omitempty") @Nullable Map<String, String> options) {
    public VolumeDriver {
        name = requireNonNullElse(name, "");
    }
}
