package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container on a network: what was asked for, and what it got.
 *
 * @param desiredMacAddress only in a container's record, as Docker has it there
 */
@Json
@RecordBuilder
public record EndpointSettings(
        @Json.Property("IPAMConfig") @Nullable EndpointIpamConfig ipamConfig,

        @Json.Property("Links") @DefaultValue("null") @Nullable
        List<String> links,

        @Json.Property("Aliases") @DefaultValue("null") @Nullable
        List<String> aliases,

        @Json.Property("MacAddress") @DefaultValue("\"\"") String macAddress,

        @Json.Property("DriverOpts") @DefaultValue("null") @Nullable
        Map<String, String> driverOpts,

        @Json.Property("GwPriority") int gwPriority,
        @Json.Property("NetworkID") @DefaultValue("\"\"") String networkId,
        @Json.Property("EndpointID") @DefaultValue("\"\"") String endpointId,
        @Json.Property("Gateway") @DefaultValue("\"\"") String gateway,
        @Json.Property("IPAddress") @DefaultValue("\"\"") String ipAddress,
        @Json.Property("IPPrefixLen") int ipPrefixLen,
        @Json.Property("IPv6Gateway") @DefaultValue("\"\"") String ipv6Gateway,

        @Json.Property("GlobalIPv6Address") @DefaultValue("\"\"")
        String globalIpv6Address,

        @Json.Property("GlobalIPv6PrefixLen") int globalIpv6PrefixLen,

        @Json.Property("DNSNames") @DefaultValue("null") @Nullable
        List<String> dnsNames,

        @Json.Property("DesiredMacAddress,omitempty") @DefaultValue("\"\"")
        String desiredMacAddress) {
    public EndpointSettings {
        desiredMacAddress = requireNonNullElse(desiredMacAddress, "");
        macAddress = requireNonNullElse(macAddress, "");
        networkId = requireNonNullElse(networkId, "");
        endpointId = requireNonNullElse(endpointId, "");
        gateway = requireNonNullElse(gateway, "");
        ipAddress = requireNonNullElse(ipAddress, "");
        ipv6Gateway = requireNonNullElse(ipv6Gateway, "");
        globalIpv6Address = requireNonNullElse(globalIpv6Address, "");
    }
}
