package cairn.oci.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/** A connection to one address of one server. */
final class HttpConnection {
    private final HttpClient.Key key;
    private final @Nullable InetAddress address;
    private final Proxies.@Nullable Proxy proxy;
    private final Socket socket;
    private final DefaultBHttpClientConnection codec;
    private long idleSince;

    /** @param proxy at the other end of the socket; null for the server itself */
    HttpConnection(
            HttpClient.Key key,
            Proxies.@Nullable Proxy proxy,
            Socket socket,
            @Nullable SSLSocket secured,
            DefaultBHttpClientConnection codec)
            throws IOException {
        this.key = key;
        this.address = proxy == null ? socket.getInetAddress() : null;
        this.proxy = secured == null ? proxy : null;
        this.socket = secured == null ? socket : secured;
        this.codec = codec;
        if (secured == null) {
            codec.bind(socket);
        } else {
            codec.bind(secured, socket);
        }
    }

    HttpClient.Key key() {
        return key;
    }

    /** The server's; null where a proxy has chosen it. */
    @Nullable
    InetAddress address() {
        return address;
    }

    /** Whom requests are to be told the whole address of their server; null within a tunnel, which leads to one server only. */
    Proxies.@Nullable Proxy proxy() {
        return proxy;
    }

    DefaultBHttpClientConnection codec() {
        return codec;
    }

    /** How long the next reads wait for a byte. */
    void waitAtMost(Duration time) {
        try {
            socket.setSoTimeout(Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE));
        } catch (SocketException e) {
            // closed: the read says so
        }
    }

    void idle() {
        idleSince = System.nanoTime();
    }

    Duration idleTime() {
        return Duration.ofNanos(System.nanoTime() - idleSince);
    }

    void end() {
        codec.close(CloseMode.IMMEDIATE);
    }
}
