package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** A pool that default networks take their subnets from. */
@Json
public record AddressPool(
        @Json.Property("Base") String base,
        @Json.Property("Size") int size) {
    public AddressPool {
        base = requireNonNullElse(base, "");
    }
}
