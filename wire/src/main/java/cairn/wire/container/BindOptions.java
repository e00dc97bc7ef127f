package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Options of a bind mount. */
@Json
public record BindOptions(
        @Json.Property("Propagation,omitempty") String propagation,
        @Json.Property("NonRecursive,omitempty") boolean nonRecursive,
        @Json.Property("CreateMountpoint,omitempty") boolean createMountpoint,
        @Json.Property("ReadOnlyNonRecursive,omitempty") boolean readOnlyNonRecursive,
        @Json.Property("ReadOnlyForceRecursive,omitempty") boolean readOnlyForceRecursive) {
    public BindOptions {
        propagation = requireNonNullElse(propagation, "");
    }
}
