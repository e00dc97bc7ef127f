package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The version of one part of the engine. */
@Json
public record ComponentVersion(
        @Json.Property("Name") String name,
        @Json.Property("Version") String version,
        @Json.Property("Details,omitempty") @Nullable Map<String, String> details) {
    public ComponentVersion {
        name = requireNonNullElse(name, "");
        version = requireNonNullElse(version, "");
    }
}
