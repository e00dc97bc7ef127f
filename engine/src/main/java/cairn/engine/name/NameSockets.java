package cairn.engine.name;

import cairn.linux.Netlink;
import cairn.linux.NetworkNamespace;
import cairn.linux.Nftables;
import cairn.linux.NftablesException;
import cairn.linux.RouteMessages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.function.Supplier;

/**
 * The two sockets at 127.0.0.11 in a container's network namespace, on ports of their own, and the rules that make them answer at port 53:
 * the container may have its own server on all its addresses there.
 */
record NameSockets(DatagramChannel datagrams, ServerSocketChannel streams) implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameSockets.class.getName());
    private static final int LOOPBACK = 1;
    private static final int PORT = 53;
    private static final int BACKLOG = 64;

    static final InetAddress ADDRESS = address();

    private static InetAddress address() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 11});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the JDK starts threads for at its first use, must be used outside first. */
    static void prepare() {
        try {
            DatagramChannel.open(StandardProtocolFamily.INET).close();
            ServerSocketChannel.open(StandardProtocolFamily.INET).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NameSockets open(NetworkNamespace namespace) {
        return namespace.call("cairn-names", unchecked(NameSockets::openHere));
    }

    private static NameSockets openHere() throws IOException {
        try (Netlink netlink = Netlink.open()) {
            // The container's first process may not have come to this yet.
            netlink.send(RouteMessages.setLinkUp(LOOPBACK));
        }
        NameSockets sockets = bind(0);
        try {
            redirect(rules(port(sockets.datagrams.getLocalAddress()), port(sockets.streams.getLocalAddress())));
            return sockets;
        } catch (NftablesException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no firewall ({0}): a container with a name service cannot bind port 53 on all its addresses",
                    e.getMessage());
            sockets.close();
            return bind(PORT);
        }
    }

    /** Whoever deletes something waits for a grace period of the kernel, so that is left to the daemons behind the first. */
    private static void redirect(String rules) {
        try {
            Nftables.run("create table ip cairn_names\n" + rules);
        } catch (NftablesException e) {
            Nftables.run("add table ip cairn_names\ndelete table ip cairn_names\n" + rules);
        }
    }

    private static int port(java.net.SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static NameSockets bind(int port) throws IOException {
        DatagramChannel datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            datagrams.configureBlocking(false);
            datagrams.bind(new InetSocketAddress(ADDRESS, port));
            ServerSocketChannel streams = ServerSocketChannel.open(StandardProtocolFamily.INET);
            try {
                streams.bind(new InetSocketAddress(ADDRESS, port), BACKLOG);
                return new NameSockets(datagrams, streams);
            } catch (IOException e) {
                streams.close();
                throw e;
            }
        } catch (IOException e) {
            datagrams.close();
            throw e;
        }
    }

    /**
     * Both ways packet by packet and not by translation of addresses, which would have the kernel follow every connection of the container,
     * and cost each of its packets time.
     */
    static String rules(int udp, int tcp) {
        return """
                table ip cairn_names {
                  chain output {
                    type filter hook output priority raw; policy accept;
                    ip daddr 127.0.0.11 udp dport 53 udp dport set %1$d
                    ip daddr 127.0.0.11 tcp dport 53 tcp dport set %2$d
                    ip saddr 127.0.0.11 udp sport %1$d udp sport set 53
                    ip saddr 127.0.0.11 tcp sport %2$d tcp sport set 53
                  }
                }
                """.formatted(udp, tcp);
    }

    /** A call that fails, as one that throws unchecked. */
    interface Opening<T> {
        T open() throws IOException;
    }

    static <T> Supplier<T> unchecked(Opening<T> opening) {
        return () -> {
            try {
                return opening.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Override
    public void close() {
        try {
            datagrams.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.getMessage());
        }
        try {
            streams.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.getMessage());
        }
    }
}
