package cairn.engine.network;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a network's options say of published ports.
 *
 * @param hostBinding address of the host that ports are published on which name none; null for all
 */
public record PortPolicy(
        GatewayMode ipv4, GatewayMode ipv6, @Nullable InetAddress hostBinding) {
    public static final PortPolicy DEFAULT = new PortPolicy(GatewayMode.NAT, GatewayMode.NAT, null);
}
