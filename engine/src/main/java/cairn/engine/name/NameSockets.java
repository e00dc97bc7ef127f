package cairn.engine.name;

import cairn.linux.Netlink;
import cairn.linux.NetworkNamespace;
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
import java.nio.file.Path;
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

    /** @param note a file that says, for the next daemon, which rules are in place there */
    static NameSockets open(NetworkNamespace namespace, Path note) {
        return namespace.call("cairn-names", unchecked(() -> openHere(note)));
    }

    private static NameSockets openHere(Path note) throws IOException {
        try (Netlink netlink = Netlink.open()) {
            // The container's first process may not have come to this yet.
            netlink.send(RouteMessages.setLinkUp(LOOPBACK));
        }
        Redirection standing = Redirection.standing(note);
        if (standing != null) {
            try {
                return bind(standing.udp(), standing.tcp());
            } catch (IOException e) {
                // While no daemon ran the container has taken one of the ports: others, and rules for them.
            }
        }
        NameSockets sockets = bind(0, 0);
        try {
            Redirection.put(port(sockets.datagrams.getLocalAddress()), port(sockets.streams.getLocalAddress()), note);
            return sockets;
        } catch (NftablesException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no firewall ({0}): a container with a name service cannot bind port 53 on all its addresses",
                    e.getMessage());
            sockets.close();
            return bind(PORT, PORT);
        }
    }

    private static int port(java.net.SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static NameSockets bind(int udp, int tcp) throws IOException {
        DatagramChannel datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
        try {
            datagrams.configureBlocking(false);
            datagrams.bind(new InetSocketAddress(ADDRESS, udp));
            ServerSocketChannel streams = ServerSocketChannel.open(StandardProtocolFamily.INET);
            try {
                streams.bind(new InetSocketAddress(ADDRESS, tcp), BACKLOG);
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
