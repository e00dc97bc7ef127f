package cairn.engine.reach;

import cairn.engine.network.ContainerPort;
import cairn.engine.network.Subnet;
import cairn.engine.network.Transport;
import cairn.linux.LinuxException;
import cairn.linux.NetworkNamespace;
import cairn.wire.explain.ProbeExplanation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Sends a real packet from a container's network namespace: a TCP connection that is closed at once, or an ICMP echo. */
final class Probe {
    static final String CONNECT = "connect";
    static final String PING = "ping";

    /** The kernel asks again after one second, and answers of what is near come at once. */
    private static final int PATIENCE_MILLIS = 2500;

    private static final String THREAD = "cairn-probe";

    private Probe() {}

    /** Null if the container has just ended. @param port null for a ping */
    static @Nullable ProbeExplanation send(Party from, InetAddress to, @Nullable ContainerPort port) {
        try (NetworkNamespace namespace = NetworkNamespace.of(from.pid(), from.startTime())) {
            return port != null && port.transport() == Transport.TCP
                    ? connect(namespace, new InetSocketAddress(to, port.number()))
                    : ping(namespace, to);
        } catch (LinuxException e) {
            return null;
        }
    }

    /** Only the socket is made inside: it belongs there for good, and the rest is done out here. */
    private static ProbeExplanation connect(NetworkNamespace namespace, InetSocketAddress to) {
        long begin = System.nanoTime();
        boolean four = to.getAddress() instanceof Inet4Address;
        String result = "connected";
        prepare();
        try (SocketChannel channel = namespace.call(THREAD, () -> open(four))) {
            channel.socket().connect(to, PATIENCE_MILLIS);
        } catch (SocketTimeoutException e) {
            result = "no answer";
        } catch (ConnectException e) {
            String message = String.valueOf(e.getMessage());
            result = message.contains("refused") ? "refused" : message;
        } catch (IOException e) {
            result = String.valueOf(e.getMessage());
        }
        return new ProbeExplanation(
                CONNECT,
                PortQuery.hostPort(to.getAddress(), to.getPort()),
                result,
                result.equals("connected"),
                millisSince(begin));
    }

    /** What the JDK starts threads for at its first use, must be used outside first. */
    private static void prepare() {
        try {
            open(true).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SocketChannel open(boolean four) {
        try {
            return SocketChannel.open(four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProbeExplanation ping(NetworkNamespace namespace, InetAddress to) {
        long begin = System.nanoTime();
        String result = namespace.call(THREAD, () -> {
            try {
                return to.isReachable(PATIENCE_MILLIS) ? "answered" : "no answer";
            } catch (IOException e) {
                return String.valueOf(e.getMessage());
            }
        });
        return new ProbeExplanation(PING, Subnet.format(to), result, result.equals("answered"), millisSince(begin));
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
