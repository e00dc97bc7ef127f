package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /networks/{id}/connect}. */
@Json
public record ConnectRequest(
        @Json.Property("Container") String container,
        @Json.Property("EndpointConfig,omitempty") @Nullable EndpointSettings endpointConfig) {
    public ConnectRequest {
        container = requireNonNullElse(container, "");
    }
}
