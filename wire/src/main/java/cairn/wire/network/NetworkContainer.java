package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** A container in the inspection of a network. */
@Json
public record NetworkContainer(
        @Json.Property("Name") String name,
        @Json.Property("EndpointID") String endpointId,
        @Json.Property("MacAddress") String macAddress,
        @Json.Property("IPv4Address") String ipv4Address,
        @Json.Property("IPv6Address") String ipv6Address) {
    public NetworkContainer {
        name = requireNonNullElse(name, "");
        endpointId = requireNonNullElse(endpointId, "");
        macAddress = requireNonNullElse(macAddress, "");
        ipv4Address = requireNonNullElse(ipv4Address, "");
        ipv6Address = requireNonNullElse(ipv6Address, "");
    }
}
