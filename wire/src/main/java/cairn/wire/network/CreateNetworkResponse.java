package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Reply of {@code POST /networks/create}. */
@Json
public record CreateNetworkResponse(
        @Json.Property("Id") String id,
        @Json.Property("Warning") String warning) {
    public CreateNetworkResponse {
        id = requireNonNullElse(id, "");
        warning = requireNonNullElse(warning, "");
    }
}
