package cairn.wire.stats;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One counter of one device. */
@Json
public record BlkioEntry(
        @Json.Property("major") long major,
        @Json.Property("minor") long minor,
        @Json.Property("op") String op,
        @Json.Property("value") long value) {
    public BlkioEntry {
        op = requireNonNullElse(op, "");
    }
}
