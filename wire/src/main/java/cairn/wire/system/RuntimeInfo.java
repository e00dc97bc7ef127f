package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One container runtime. */
@Json
public record RuntimeInfo(
        @Json.Property("path,omitempty") String path,
        @Json.Property("runtimeArgs,omitempty") @Nullable List<String> runtimeArgs,
        @Json.Property("runtimeType,omitempty") String runtimeType,
        @Json.Property("options,omitempty") @Nullable Map<String, Object> options,
        @Json.Property("status,omitempty") @Nullable Map<String, String> status) {
    public RuntimeInfo {
        path = requireNonNullElse(path, "");
        runtimeType = requireNonNullElse(runtimeType, "");
    }
}
