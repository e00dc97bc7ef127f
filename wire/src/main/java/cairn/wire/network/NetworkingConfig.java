package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import io.avaje.jsonb.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** The endpoints that a new container gets, by network. Some clients send null for one without settings; it reads as empty. */
@Json
public record NetworkingConfig(
        @Json.Property("EndpointsConfig") Map<String, EndpointSettings> endpointsConfig) {
    public NetworkingConfig {
        Map<String, EndpointSettings> endpoints = new LinkedHashMap<>();
        requireNonNullElse(endpointsConfig, Map.<String, EndpointSettings>of())
                .forEach((network, settings) -> endpoints.put(
                        network,
                        requireNonNullElseGet(
                                settings,
                                () -> EndpointSettingsBuilder.builder().build())));
        endpointsConfig = endpoints;
    }
}
