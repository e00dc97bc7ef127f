package cairn.engine.network;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One family of addresses on a bridge.
 *
 * @param gateway of its containers; null for none
 * @param addressed whether the bridge has the gateway's address, rather than another machine on it
 * @param masquerade whether what leaves gets the host's address
 */
record BridgeFamily(
        Subnet subnet, @Nullable InetAddress gateway, boolean addressed, GatewayMode mode, boolean masquerade) {
    /** The bridge's own address; null if it has none. */
    @Nullable
    InetAddress address() {
        return addressed ? gateway : null;
    }
}
