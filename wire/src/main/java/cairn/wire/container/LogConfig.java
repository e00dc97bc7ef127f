package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which driver takes the output, with its options. */
@Json
public record LogConfig(
        @Json.Property("Type") String type,
        @Json.Property("Config") @Nullable Map<String, String> config) {
    /** Every field at its zero value. */
    public static final LogConfig EMPTY = new LogConfig("", null);

    public LogConfig {
        type = requireNonNullElse(type, "");
    }
}
