package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An OCI platform. */
@Json
public record Platform(
        @Json.Property("architecture") String architecture,
        @Json.Property("os") String os,
        @Json.Property("os.version,omitempty") String osVersion,
        @Json.Property("os.features,omitempty") @Nullable List<String> osFeatures,
        @Json.Property("variant,omitempty") String variant) {
    /** Every field at its zero value. */
    public static final Platform EMPTY = new Platform("", "", "", null, "");

    public Platform {
        architecture = requireNonNullElse(architecture, "");
        os = requireNonNullElse(os, "");
        osVersion = requireNonNullElse(osVersion, "");
        variant = requireNonNullElse(variant, "");
    }
}
