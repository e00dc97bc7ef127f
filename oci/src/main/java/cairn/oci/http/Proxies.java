package cairn.oci.http;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which servers are reached through a proxy, by the rules of Go's programs for HTTP_PROXY, HTTPS_PROXY and NO_PROXY. This machine itself never
 * is.
 *
 * @param plain for servers without TLS
 * @param tls for servers with TLS
 * @param exceptions servers that are reached directly: names with all below them, {@code .example.org} for those below alone, addresses,
 *     networks in CIDR form, each but the networks with {@code :PORT} if only that port is meant; {@code *} is everything
 */
public record Proxies(@Nullable Proxy plain, @Nullable Proxy tls, List<String> exceptions) {
    public static final Proxies NONE = new Proxies(null, null, List.of());

    private static final int PORT = 80;

    /**
     * One proxy, which is itself reached without TLS.
     *
     * @param host a name or an address, without brackets
     * @param authorization the value of its Proxy-Authorization header; null where it asks for none
     */
    public record Proxy(String host, int port, @Nullable String authorization) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    public Proxies {
        exceptions = List.copyOf(exceptions);
    }

    /**
     * From the values as people write them; empty ones stand for none.
     *
     * @param exceptions separated by commas
     * @throws IllegalArgumentException where an address is none, or the proxy speaks another protocol than HTTP
     */
    public static Proxies of(String plain, String tls, String exceptions) {
        List<String> list = new ArrayList<>();
        for (String exception : exceptions.split(",")) {
            if (!exception.isBlank()) {
                list.add(exception.strip().toLowerCase(Locale.ROOT));
            }
        }
        return new Proxies(proxy(plain), proxy(tls), list);
    }

    private static @Nullable Proxy proxy(String address) {
        if (address.isBlank()) {
            return null;
        }
        String text = address.strip();
        URI uri;
        try {
            uri = new URI(text.contains("://") ? text : "http://" + text);
        } catch (URISyntaxException e) {
            // Not the text itself, which may hold a password.
            throw new IllegalArgumentException("invalid proxy address: " + e.getReason(), e);
        }
        if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("invalid proxy address " + withoutUser(text)
                    + ": it has to be http://HOST:PORT, for proxies are spoken to in plain HTTP");
        }
        String host = uri.getHost();
        return new Proxy(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                uri.getPort() < 0 ? PORT : uri.getPort(),
                authorization(uri.getRawUserInfo()));
    }

    private static @Nullable String authorization(@Nullable String user) {
        if (user == null) {
            return null;
        }
        // A plus sign is one here, other than in a form.
        String plain = URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** An address as it may be shown: who the user is stays between him and the proxy. */
    public static String withoutUser(String address) {
        int at = address.lastIndexOf('@');
        if (at < 0) {
            return address;
        }
        int scheme = address.indexOf("://");
        return (scheme < 0 ? "" : address.substring(0, scheme + 3)) + "xxxxx:xxxxx" + address.substring(at);
    }

    /** The way to a server; null for the direct one. */
    @Nullable
    Proxy of(Origin origin) {
        Proxy proxy = origin.tls() ? tls : plain;
        return proxy == null || local(origin.host()) || exceptions.stream().anyMatch(one -> excepts(one, origin))
                ? null
                : proxy;
    }

    private static boolean local(String host) {
        InetAddress address = literal(host);
        return host.equals("localhost") || address != null && address.isLoopbackAddress();
    }

    private static boolean excepts(String exception, Origin origin) {
        if (exception.equals("*")) {
            return true;
        }
        InetAddress address = literal(origin.host());
        int slash = exception.indexOf('/');
        if (slash >= 0) {
            Network network = Network.parse(exception);
            return network != null && address != null && network.contains(address);
        }
        String host = exception;
        int colon = exception.lastIndexOf(':');
        if (colon >= 0 && literal(exception) == null) {
            if (!exception.substring(colon + 1).equals(Integer.toString(origin.port()))) {
                return false;
            }
            host = exception.substring(0, colon);
        }
        host = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (address != null) {
            return address.equals(literal(host));
        }
        String below = host.startsWith("*.") ? host.substring(1) : host;
        return below.startsWith(".")
                ? origin.host().endsWith(below)
                : origin.host().equals(below) || origin.host().endsWith("." + below);
    }

    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
