package cairn.engine.reach;

import cairn.engine.error.Problem;
import cairn.engine.network.ContainerPort;
import cairn.engine.network.Subnet;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A port of the host, as in {@code 8080}, {@code 53/udp}, {@code 127.0.0.1:8080} and {@code [::1]:8080}.
 *
 * @param address null for all of them
 */
record PortQuery(@Nullable InetAddress address, ContainerPort port) {
    /** @throws cairn.engine.error.EngineException InvalidParameter */
    static PortQuery parse(String text) {
        int colon = text.lastIndexOf(':');
        // Without brackets an IPv6 address and a port cannot be told apart.
        boolean plain =
                colon < 0 || text.startsWith("[") && text.charAt(colon - 1) == ']' || text.indexOf(':') == colon;
        ContainerPort port = plain ? ContainerPort.parse(text.substring(colon + 1)) : null;
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        InetAddress address = host.isEmpty() ? null : host.equals("localhost") ? LOOPBACK : Subnet.literal(host);
        if (port == null || address == null && !host.isEmpty()) {
            throw new Problem.InvalidParameter(
                            "invalid port \"" + text + "\": name one as 8080, 8080/udp, 127.0.0.1:8080 or [::1]:8080")
                    .exception();
        }
        return new PortQuery(address != null && address.isAnyLocalAddress() ? null : address, port);
    }

    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    /** Whether a socket that is bound to an address takes what is asked for. */
    boolean meets(InetAddress bound) {
        return address == null || Listening.covers(bound, address);
    }

    /** The same of a port that is published: no binding of ours is one of both families. */
    boolean meetsPublished(InetAddress bound) {
        return meets(bound) && (address == null || Subnet.v6(address) == Subnet.v6(bound));
    }

    @Override
    public String toString() {
        return address == null ? port.toString() : hostPort(address, port.number()) + "/" + port.transport();
    }

    static String hostPort(InetAddress address, int port) {
        String text = Subnet.format(address);
        return (text.indexOf(':') < 0 ? text : "[" + text + "]") + ":" + port;
    }
}
