package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Addresses asked for on a network. */
@Json
public record EndpointIpamConfig(
        @Json.Property("IPv4Address,omitempty") String ipv4Address,
        @Json.Property("IPv6Address,omitempty") String ipv6Address,
        @Json.Property("LinkLocalIPs,omitempty") @Nullable List<String> linkLocalIps) {
    public EndpointIpamConfig {
        ipv4Address = requireNonNullElse(ipv4Address, "");
        ipv6Address = requireNonNullElse(ipv6Address, "");
    }
}
