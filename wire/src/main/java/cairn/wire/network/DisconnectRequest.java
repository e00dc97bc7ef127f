package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Body of {@code POST /networks/{id}/disconnect}. */
@Json
public record DisconnectRequest(
        @Json.Property("Container") String container,
        @Json.Property("Force") boolean force) {
    public DisconnectRequest {
        container = requireNonNullElse(container, "");
    }
}
