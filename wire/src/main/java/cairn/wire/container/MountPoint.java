package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;

/** A mount of a container as inspect and lists show it. */
@Json
@RecordBuilder
public record MountPoint(
        @Json.Property("Type,omitempty") @DefaultValue("\"\"")
        String type,

        @Json.Property("Name,omitempty") @DefaultValue("\"\"")
        String name,

        @Json.Property("Source") @DefaultValue("\"\"") String source,
        @Json.Property("Destination") @DefaultValue("\"\"") String destination,

        @Json.Property("Driver,omitempty") @DefaultValue("\"\"")
        String driver,

        @Json.Property("Mode") @DefaultValue("\"\"") String mode,
        @Json.Property("RW") boolean writable,
        @Json.Property("Propagation") @DefaultValue("\"\"") String propagation) {
    public MountPoint {
        type = requireNonNullElse(type, "");
        name = requireNonNullElse(name, "");
        source = requireNonNullElse(source, "");
        destination = requireNonNullElse(destination, "");
        driver = requireNonNullElse(driver, "");
        mode = requireNonNullElse(mode, "");
        propagation = requireNonNullElse(propagation, "");
    }
}
