package cairn.linux;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A NETLINK_ROUTE socket in the network namespace of the thread that opened it. Calls from several threads take turns. */
@SuppressWarnings("DoNotCallSuggester")
public final class Netlink implements AutoCloseable {
    private Netlink() {}

    /**
     * A network interface.
     *
     * @param kind such as {@code bridge} or {@code veth}; empty for a physical one and the loopback
     * @param master index of the bridge that it is a port of, or 0
     * @param flags IFF bits (netdevice(7))
     */
    public record Link(
            int index, String name, int mtu, @Nullable MacAddress mac, String kind, int master, int flags) {
        private static final int IFF_UP = 1;

        public boolean isUp() {
            return (flags & IFF_UP) != 0;
        }
    }

    /** An address of a link. */
    public record Address(int index, InetAddress address, int prefix, @Nullable InetAddress broadcast) {}

    /**
     * A route of the main table.
     *
     * @param destination null for a default route
     * @param gateway null for a network that is directly on the link
     * @param index of the link, or 0
     */
    public record Route(
            @Nullable InetAddress destination, int prefix, @Nullable InetAddress gateway, int index, int metric) {}

    public static Netlink open() {
        throw new UnsupportedOperationException();
    }

    /** Sends one or more requests, one after the other, and waits for each acknowledgement; stops at the first that is refused. */
    public void send(byte[] messages) {
        throw new UnsupportedOperationException();
    }

    public List<Link> links() {
        throw new UnsupportedOperationException();
    }

    /** Null if there is no such link. */
    public @Nullable Link link(String name) {
        throw new UnsupportedOperationException();
    }

    /** IPv4 and IPv6 addresses of all links. */
    public List<Address> addresses() {
        throw new UnsupportedOperationException();
    }

    /** IPv4 and IPv6 routes of the main table. */
    public List<Route> routes() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
