package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.network.EndpointSettings;
import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ports, networks and, for API versions below 1.52, the address on the default bridge at top level. */
@Json
@RecordBuilder
public record NetworkSettings(
        @Json.Property("Bridge") @DefaultValue("\"\"") String bridge,
        @Json.Property("SandboxID") @DefaultValue("\"\"") String sandboxId,
        @Json.Property("SandboxKey") @DefaultValue("\"\"") String sandboxKey,
        @Json.Property("Ports") @DefaultValue("Map.of()") Map<String, @Nullable List<PortBinding>> ports,
        @Json.Property("HairpinMode") boolean hairpinMode,

        @Json.Property("LinkLocalIPv6Address") @DefaultValue("\"\"")
        String linkLocalIpv6Address,

        @Json.Property("LinkLocalIPv6PrefixLen") int linkLocalIpv6PrefixLen,

        @Json.Property("SecondaryIPAddresses") @DefaultValue("null") @Nullable
        List<Address> secondaryIpAddresses,

        @Json.Property("SecondaryIPv6Addresses") @DefaultValue("null") @Nullable
        List<Address> secondaryIpv6Addresses,

        @Json.Property("EndpointID") @DefaultValue("\"\"") String endpointId,
        @Json.Property("Gateway") @DefaultValue("\"\"") String gateway,

        @Json.Property("GlobalIPv6Address") @DefaultValue("\"\"")
        String globalIpv6Address,

        @Json.Property("GlobalIPv6PrefixLen") int globalIpv6PrefixLen,
        @Json.Property("IPAddress") @DefaultValue("\"\"") String ipAddress,
        @Json.Property("IPPrefixLen") int ipPrefixLen,
        @Json.Property("IPv6Gateway") @DefaultValue("\"\"") String ipv6Gateway,
        @Json.Property("MacAddress") @DefaultValue("\"\"") String macAddress,
        @Json.Property("Networks") @DefaultValue("Map.of()") Map<String, EndpointSettings> networks) {
    public NetworkSettings {
        bridge = requireNonNullElse(bridge, "");
        sandboxId = requireNonNullElse(sandboxId, "");
        sandboxKey = requireNonNullElse(sandboxKey, "");
        ports = requireNonNullElse(ports, Map.of());
        linkLocalIpv6Address = requireNonNullElse(linkLocalIpv6Address, "");
        endpointId = requireNonNullElse(endpointId, "");
        gateway = requireNonNullElse(gateway, "");
        globalIpv6Address = requireNonNullElse(globalIpv6Address, "");
        ipAddress = requireNonNullElse(ipAddress, "");
        ipv6Gateway = requireNonNullElse(ipv6Gateway, "");
        macAddress = requireNonNullElse(macAddress, "");
        networks = requireNonNullElse(networks, Map.of());
    }
}
