package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.network.EndpointSettings;
import io.avaje.jsonb.Json;
import java.util.Map;

/** The part of the network settings that a list shows. */
@Json
public record SummaryNetworks(@Json.Property("Networks") Map<String, EndpointSettings> networks) {
    public SummaryNetworks {
        networks = requireNonNullElse(networks, Map.of());
    }
}
