package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;

/** The endpoints that a new container gets, by network. */
@Json
public record NetworkingConfig(
        @Json.Property("EndpointsConfig") Map<String, EndpointSettings> endpointsConfig) {
    public NetworkingConfig {
        endpointsConfig = requireNonNullElse(endpointsConfig, Map.of());
    }
}
