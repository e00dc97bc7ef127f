package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** A secondary address of the default bridge. */
@Json
public record Address(
        @Json.Property("Addr") String addr,
        @Json.Property("PrefixLen") int prefixLen) {
    public Address {
        addr = requireNonNullElse(addr, "");
    }
}
