package cairn.oci.http;

import cairn.oci.http.HttpFailure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections. The addresses that a name stands for are looked up here, judged, and connected to, so that a name cannot mean one
 * thing when it is judged and another when it is used.
 */
final class Connector {
    private static final Http1Config CODEC = Http1Config.custom()
            .setMaxLineLength(32 << 10)
            .setMaxHeaderCount(200)
            .setMaxEmptyLineCount(1)
            .build();

    /** Given the limits once more: the connection's own parsers know of none, and take headers without end. */
    private static final DefaultHttpResponseParserFactory RESPONSES = new DefaultHttpResponseParserFactory(CODEC);

    private static final int MAX_INTERIM = 10;

    private final Timeouts timeouts;
    private final Proxies proxies;
    private final Trust trust = new Trust();

    Connector(Timeouts timeouts, Proxies proxies) {
        this.timeouts = timeouts;
        this.proxies = proxies;
    }

    HttpConnection connect(HttpClient.Key key, HttpRequest.Reach reach) throws HttpFailure {
        Origin origin = key.origin();
        Proxies.Proxy proxy = proxies.of(origin);
        if (proxy != null) {
            return connect(key, reach, proxy);
        }
        HttpFailure failure = null;
        for (InetAddress address : addresses(origin.host())) {
            try {
                object(origin, address, reach);
                // Who has named an authority for the host wants TLS, and not soon something else.
                boolean plainToo = !key.tls().verify() && reach.plainToo(address);
                return connect(key, null, address, origin.port(), plainToo);
            } catch (HttpFailure e) {
                if (failure == null || failure.kind() == Kind.FORBIDDEN) {
                    failure = e;
                }
            }
        }
        throw failure == null ? noSuchHost(origin.host(), null) : failure;
    }

    private static void object(Origin origin, InetAddress address, HttpRequest.Reach reach) throws HttpFailure {
        String objection = reach.objection(address);
        if (objection != null) {
            throw new HttpFailure(Kind.FORBIDDEN, dial(address, origin.port()) + ": " + objection);
        }
    }

    private static String dial(InetAddress address, int port) {
        return "dial tcp " + new Origin(false, address.getHostAddress(), port).endpoint();
    }

    /** What a name stands for is the proxy's business; an address is judged here. */
    private HttpConnection connect(HttpClient.Key key, HttpRequest.Reach reach, Proxies.Proxy proxy)
            throws HttpFailure {
        try {
            object(key.origin(), InetAddress.ofLiteral(key.origin().host()), reach);
        } catch (IllegalArgumentException e) {
            // a name
        }
        HttpFailure failure = null;
        for (InetAddress address : addresses(proxy.host())) {
            try {
                return connect(key, proxy, address, proxy.port(), false);
            } catch (HttpFailure e) {
                failure = failure == null ? e : failure;
            }
        }
        throw failure == null ? noSuchHost(proxy.host(), null) : failure;
    }

    private HttpConnection connect(
            HttpClient.Key key, Proxies.@Nullable Proxy proxy, InetAddress address, int port, boolean plainToo)
            throws HttpFailure {
        Origin origin = key.origin();
        Socket socket = new Socket();
        boolean done = false;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(
                    new InetSocketAddress(address, port),
                    Math.toIntExact(timeouts.connect().toMillis()));
            if (proxy != null && origin.tls()) {
                tunnel(socket, origin, proxy);
            }
            Duration patience = plainToo ? timeouts.hello() : timeouts.connect();
            HttpConnection connection = new HttpConnection(
                    key, proxy, socket, origin.tls() ? secured(key, socket, patience) : null, codec());
            done = true;
            return connection;
        } catch (HttpFailure e) {
            throw e;
        } catch (IOException e) {
            String where = (proxy == null ? "" : "proxyconnect tcp: ") + dial(address, port);
            throw new HttpFailure(Kind.NO_CONNECTION, where + ": " + reason(e), e);
        } finally {
            if (!done) {
                close(socket);
            }
        }
    }

    private static DefaultBHttpClientConnection codec() {
        return new DefaultBHttpClientConnection(CODEC, null, null, BodyLength.STRICT, null, null, RESPONSES);
    }

    /** CONNECT (RFC 9110, 9.3.6). The server speaks only when it is spoken to, so nothing of it has been read with the proxy's answer. */
    private void tunnel(Socket socket, Origin origin, Proxies.Proxy proxy) throws IOException {
        socket.setSoTimeout(Math.toIntExact(timeouts.connect().toMillis()));
        DefaultBHttpClientConnection codec = codec();
        codec.bind(socket);
        RequestMessage request = new RequestMessage("CONNECT", origin.endpoint());
        request.addHeader("Host", origin.endpoint());
        if (proxy.authorization() != null) {
            request.addHeader("Proxy-Authorization", proxy.authorization());
        }
        try {
            codec.sendRequestHeader(request);
            codec.flush();
            ClassicHttpResponse reply = codec.receiveResponseHeader();
            for (int heads = 1; reply.getCode() < 200 && heads < MAX_INTERIM; heads++) {
                reply = codec.receiveResponseHeader();
            }
            if (reply.getCode() / 100 != 2) {
                throw new HttpFailure(
                        Kind.NO_CONNECTION,
                        "proxy " + proxy + " refuses the way to " + origin.endpoint() + ": " + reply.getCode() + " "
                                + reply.getReasonPhrase());
            }
        } catch (HttpException e) {
            throw new HttpFailure(
                    Kind.NO_CONNECTION, "proxy " + proxy + ": malformed HTTP response: " + e.getMessage(), e);
        }
    }

    private SSLSocket secured(HttpClient.Key key, Socket socket, Duration patience) throws IOException {
        Origin origin = key.origin();
        SSLSocket secured = (SSLSocket)
                trust.context(key.tls()).getSocketFactory().createSocket(socket, origin.host(), origin.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        if (key.tls().verify()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(Math.toIntExact(patience.toMillis()));
        try {
            secured.startHandshake();
            return secured;
        } catch (SSLException e) {
            throw refused(e);
        } catch (SocketTimeoutException e) {
            throw new HttpFailure(Kind.NO_TLS, "net/http: TLS handshake timeout", e);
        } catch (SocketException | EOFException e) {
            throw new HttpFailure(Kind.NO_TLS, "EOF in TLS handshake: " + e.getMessage(), e);
        }
    }

    private static HttpFailure refused(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return untrusted("x509: certificate has expired or is not yet valid: " + cause.getMessage(), e);
            }
            if (cause instanceof CertPathBuilderException) {
                return untrusted("x509: certificate signed by unknown authority", e);
            }
            if (cause instanceof CertificateException && cause.getCause() == null) {
                return untrusted("x509: " + cause.getMessage(), e);
            }
            if (cause instanceof EOFException) {
                return new HttpFailure(Kind.NO_TLS, "EOF in TLS handshake", e);
            }
        }
        String message = String.valueOf(e.getMessage());
        if (message.startsWith("Unsupported or unrecognized SSL message")) {
            return new HttpFailure(Kind.NO_TLS, "http: server gave HTTP response to HTTPS client", e);
        }
        return new HttpFailure(Kind.NO_TRUST, "tls: " + message, e);
    }

    private static HttpFailure untrusted(String why, SSLException e) {
        return new HttpFailure(Kind.NO_TRUST, "tls: failed to verify certificate: " + why, e);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case SocketTimeoutException timeout -> "i/o timeout";
            case NoRouteToHostException none -> "connect: no route to host";
            case ConnectException refused ->
                "connect: " + String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
            default -> String.valueOf(e.getMessage());
        };
    }

    /**
     * The addresses of a host. A platform thread asks, for the resolver blocks in native code for as long as its servers are silent, and
     * would keep a virtual thread's carrier all the while.
     */
    private InetAddress[] addresses(String host) throws HttpFailure {
        try {
            return new InetAddress[] {InetAddress.ofLiteral(host)};
        } catch (IllegalArgumentException e) {
            // a name
        }
        AtomicReference<InetAddress[]> found = new AtomicReference<>();
        AtomicReference<UnknownHostException> unknown = new AtomicReference<>();
        Thread asking = Thread.ofPlatform().daemon().name("registry-resolve").start(() -> {
            try {
                found.set(InetAddress.getAllByName(host));
            } catch (UnknownHostException e) {
                unknown.set(e);
            }
        });
        try {
            asking.join(timeouts.resolve());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HttpFailure(Kind.BROKEN, "context canceled", e);
        }
        InetAddress[] addresses = found.get();
        if (addresses == null) {
            throw noSuchHost(host, unknown.get());
        }
        return addresses;
    }

    private static HttpFailure noSuchHost(String host, @Nullable UnknownHostException e) {
        String why = e == null ? "i/o timeout" : "no such host";
        HttpFailure failure = new HttpFailure(Kind.NO_CONNECTION, "dial tcp: lookup " + host + ": " + why);
        if (e != null) {
            failure.initCause(e);
        }
        return failure;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed is closed
        }
    }
}
