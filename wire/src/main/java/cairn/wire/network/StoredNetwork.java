package cairn.wire.network;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * A network's record on disk.
 *
 * @param givenIpv4 whether somebody asked for its IPv4 subnet, and @param givenIpv6 for that of IPv6; else the engine chose it
 */
@Json
public record StoredNetwork(
        @Json.Property("Network") @Nullable NetworkInspect network,
        @Json.Property("GivenIPv4") boolean givenIpv4,
        @Json.Property("GivenIPv6") boolean givenIpv6) {}
