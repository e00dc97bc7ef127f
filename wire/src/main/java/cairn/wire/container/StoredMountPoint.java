package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * A mount within {@link StoredContainer}, under its destination.
 *
 * @param spec as it was asked for; empty for a volume that the image declares or that has nothing but a path
 */
@Json
public record StoredMountPoint(
        @Json.Property("Source") String source,
        @Json.Property("Destination") String destination,
        @Json.Property("RW") boolean writable,
        @Json.Property("Name") String name,
        @Json.Property("Driver") String driver,
        @Json.Property("Type") String type,
        @Json.Property("Relabel,omitempty") String relabel,
        @Json.Property("Propagation,omitempty") String propagation,
        @Json.Property("Spec") @Nullable Mount spec,
        @Json.Property("SkipMountpointCreation") boolean skipMountpointCreation) {
    public StoredMountPoint {
        source = requireNonNullElse(source, "");
        destination = requireNonNullElse(destination, "");
        name = requireNonNullElse(name, "");
        driver = requireNonNullElse(driver, "");
        type = requireNonNullElse(type, "");
        relabel = requireNonNullElse(relabel, "");
        propagation = requireNonNullElse(propagation, "");
    }
}
