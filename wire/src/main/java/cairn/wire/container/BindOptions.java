package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * Options of a bind mount.
 *
 * @param cairnIdmap whether what belongs to the source's owner on the host belongs to the container's user inside, and the other way round
 */
@Json
public record BindOptions(
        @Json.Property("Propagation,omitempty") String propagation,
        @Json.Property("NonRecursive,omitempty") boolean nonRecursive,
        @Json.Property("CreateMountpoint,omitempty") boolean createMountpoint,
        @Json.Property("ReadOnlyNonRecursive,omitempty") boolean readOnlyNonRecursive,
        @Json.Property("ReadOnlyForceRecursive,omitempty") boolean readOnlyForceRecursive,
        @Json.Property("CairnIdmap,omitempty") boolean cairnIdmap) {
    public BindOptions {
        propagation = requireNonNullElse(propagation, "");
    }
}
