package cairn.wire.network;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One pool of addresses. */
@Json
public record IpamPool(
        @Json.Property("Subnet,omitempty") String subnet,
        @Json.Property("IPRange,omitempty") String ipRange,
        @Json.Property("Gateway,omitempty") String gateway,

        @Json.Property("AuxiliaryAddresses,omitempty") @Nullable
        Map<String, String> auxiliaryAddresses) {
    public IpamPool {
        subnet = requireNonNullElse(subnet, "");
        ipRange = requireNonNullElse(ipRange, "");
        gateway = requireNonNullElse(gateway, "");
    }
}
