package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of the host configuration that a list shows. */
@Json
public record SummaryHostConfig(
        @Json.Property("NetworkMode,omitempty") String networkMode,
        @Json.Property("Annotations,omitempty") @Nullable Map<String, String> annotations) {
    /** Every field at its zero value. */
    public static final SummaryHostConfig EMPTY = new SummaryHostConfig("", null);

    public SummaryHostConfig {
        networkMode = requireNonNullElse(networkMode, "");
    }
}
