package cairn.oci.http;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server (RFC 6454).
 *
 * @param host lower-case; an IPv6 address without its brackets
 */
public record Origin(boolean tls, String host, int port) {
    private static final int MAX_PORT = 65535;

    public Origin {
        if (host.isEmpty() || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("no server: " + host + ":" + port);
        }
        host = host.toLowerCase(Locale.ROOT);
    }

    /**
     * Where an address leads.
     *
     * @throws IllegalArgumentException where it is no http or https address of a host, or carries a user
     */
    public static Origin of(URI uri) {
        String scheme = uri.getScheme();
        boolean tls = "https".equalsIgnoreCase(scheme);
        if ((!tls && !"http".equalsIgnoreCase(scheme)) || uri.getHost() == null || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("no address of an HTTP server: " + withoutUser(uri));
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        return new Origin(tls, bare(uri.getHost()), port);
    }

    /** From {@code host}, {@code host:port}, {@code [::1]:port}. */
    public static Origin of(boolean tls, String authority) {
        return of(URI.create((tls ? "https://" : "http://") + authority));
    }

    public boolean sameHost(Origin other) {
        return host.equals(other.host);
    }

    /** {@code host}, or {@code host:port} where the port is not the scheme's own; as in a Host header. */
    public String authority() {
        if (port != (tls ? 443 : 80)) {
            return endpoint();
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** Always with the port. */
    public String endpoint() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static @Nullable String withoutUser(URI uri) {
        return uri.getRawUserInfo() == null ? uri.toString() : uri.getScheme() + "://***@" + uri.getHost();
    }
}
