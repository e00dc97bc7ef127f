package cairn.linux;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Builds NETLINK_ROUTE requests (rtnetlink(7)). Each asks for an acknowledgement and works on whatever network namespace the socket
 * is in over which it is sent: {@link Netlink#send} for this process's, or a launch plan's step. A request that makes something
 * fails with EEXIST if it is there already.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class RouteMessages {
    private RouteMessages() {}

    /** A bridge that is up at once. Without a MAC the kernel picks a random one and later takes over that of a port. */
    public static byte[] createBridge(String name, @Nullable MacAddress mac) {
        throw new UnsupportedOperationException();
    }

    /** A dummy link, up at once; of use for tests and internal networks. */
    public static byte[] createDummy(String name) {
        throw new UnsupportedOperationException();
    }

    public static byte[] setLinkUp(int index) {
        throw new UnsupportedOperationException();
    }

    public static byte[] setLinkUp(String name) {
        throw new UnsupportedOperationException();
    }

    public static byte[] setLinkDown(String name) {
        throw new UnsupportedOperationException();
    }

    /** Makes a link a port of a bridge; master 0 takes it away. */
    public static byte[] setMaster(int index, int masterIndex) {
        throw new UnsupportedOperationException();
    }

    public static byte[] setMtu(int index, int mtu) {
        throw new UnsupportedOperationException();
    }

    public static byte[] renameLink(int index, String newName) {
        throw new UnsupportedOperationException();
    }

    public static byte[] deleteLink(String name) {
        throw new UnsupportedOperationException();
    }

    /** An address without duplicate address detection for IPv6, so that it is usable at once. */
    public static byte[] addAddress(int index, InetAddress address, int prefix, @Nullable InetAddress broadcast) {
        throw new UnsupportedOperationException();
    }

    public static byte[] deleteAddress(int index, InetAddress address, int prefix) {
        throw new UnsupportedOperationException();
    }

    /** The gateway must be reachable over the link already. */
    public static byte[] addDefaultRoute(InetAddress gateway, int index) {
        throw new UnsupportedOperationException();
    }

    /** A route to a network, over a gateway or, without one, directly on the link. */
    public static byte[] addRoute(InetAddress network, int prefix, @Nullable InetAddress gateway, int index) {
        throw new UnsupportedOperationException();
    }

    /**
     * A veth pair in one request: this end is up and a port of the bridge; the other end is put into the network namespace of a process that
     * is yet to be known, with its name, index and MAC, and up. The peer's index must be free there; in a fresh namespace
     * the loopback is 1, so 2 is.
     */
    public static PatchedMessage vethPair(
            String hostName, int masterIndex, String peerName, int peerIndex, MacAddress peerMac, int mtu) {
        throw new UnsupportedOperationException();
    }
}
