package cairn.engine.network;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is behind a network whose driver is bridge, as it decides over packets.
 *
 * @param link the bridge's name
 * @param further bridges that are joined to it, where containers are for which it has no port
 * @param table its name in the firewall
 * @param fault why there is no such table; null while there is one
 * @param masquerade whether what leaves gets the host's address
 * @param ipv4 and @param ipv6 how packets get in and out
 * @param icc whether its containers may reach each other
 */
public record BridgeFacts(
        String link,
        List<FurtherBridge> further,
        String table,
        @Nullable String fault,
        boolean masquerade,
        GatewayMode ipv4,
        GatewayMode ipv6,
        boolean icc) {
    public BridgeFacts {
        further = List.copyOf(further);
    }

    public GatewayMode mode(boolean v6) {
        return v6 ? ipv6 : ipv4;
    }
}
