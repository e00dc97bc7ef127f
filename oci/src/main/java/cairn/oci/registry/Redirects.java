package cairn.oci.registry;

import cairn.oci.http.HttpClient;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpFailure.Kind;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.HttpRequest.Reach;
import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import cairn.oci.http.Zone;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and follows where a registry sends them on to. What was meant for one server is never told to another; a way from HTTPS
 * leads to HTTPS only; and nobody is led further into this machine's networks than where the one who leads stands.
 */
final class Redirects {
    private static final int MAX_REDIRECTS = 5;
    private static final int MAX_URI = 16 << 10;

    /** All that another server than the first gets to see, in lower case. */
    private static final Set<String> HARMLESS = Set.of("accept", "range", "user-agent");

    private final HttpClient client;
    private final Hosts hosts;

    Redirects(HttpClient client, Hosts hosts) {
        this.client = client;
        this.hosts = hosts;
    }

    /** Sends a request as it is. */
    HttpReply send(HttpRequest request) throws HttpFailure {
        return client.send(request);
    }

    /** Sends a request without a body, and again to wherever the reply points. */
    HttpReply follow(HttpRequest first) throws HttpFailure {
        HttpRequest request = first;
        HttpReply reply = client.send(request);
        for (int redirects = 0; isRedirect(reply.status()); redirects++) {
            InetAddress peer = reply.peer();
            String location = reply.header("Location");
            reply.close();
            if (location == null) {
                throw new HttpFailure(Kind.PROTOCOL, reply.status() + " response missing Location header");
            }
            if (redirects == MAX_REDIRECTS) {
                throw new HttpFailure(Kind.PROTOCOL, "stopped after " + MAX_REDIRECTS + " redirects");
            }
            try {
                request = redirected(request, resolve(request.uri(), location), peer);
                reply = client.send(request);
            } catch (HttpFailure e) {
                // Where a server may not lead is that server's fault: it is there and has answered.
                throw e.kind() == Kind.FORBIDDEN
                        ? new HttpFailure(Kind.PROTOCOL, String.valueOf(e.getMessage()), e)
                        : e;
            }
        }
        return reply;
    }

    private HttpRequest redirected(HttpRequest from, URI target, @Nullable InetAddress peer) throws HttpFailure {
        Origin origin = origin(target);
        Map<String, String> headers = new TreeMap<>(from.headers());
        if (!origin.equals(from.origin())) {
            headers.keySet().removeIf(name -> !HARMLESS.contains(name.toLowerCase(Locale.ROOT)));
        }
        TlsSettings tls = trust(from.tls(), from.origin(), origin);
        return new HttpRequest(from.method(), target, headers, null, tls, reach(from.origin(), peer, origin));
    }

    /**
     * Which addresses somebody may send us to.
     *
     * @param peer the address at which that somebody was; null where a proxy knows it, and then it is taken to be far away
     * @throws HttpFailure FORBIDDEN from HTTPS to HTTP
     */
    Reach reach(Origin from, @Nullable InetAddress peer, Origin target) throws HttpFailure {
        if (from.tls() && !target.tls()) {
            throw new HttpFailure(Kind.FORBIDDEN, "refused to go on from " + from + " to " + target + " without TLS");
        }
        Zone zone = peer == null ? Zone.PUBLIC : Zone.of(peer);
        boolean named = hosts.named(target);
        Reach plain = hosts.reach(target);
        return address -> named || address.equals(peer) || zone.mayLeadTo(Zone.of(address))
                ? plain.objection(address)
                : "refused to be led by " + from + " to an address that is not on the Internet";
    }

    /** Authorities go along, since one company's servers share them; certificates of one's own stay with the host they are for. */
    TlsSettings trust(TlsSettings from, Origin origin, Origin target) throws HttpFailure {
        if (origin.sameHost(target)) {
            return from;
        }
        try {
            return hosts.tls(target).trustingAlso(from.authorities());
        } catch (RegistryException e) {
            throw new HttpFailure(Kind.NO_TRUST, String.valueOf(e.getMessage()), e);
        }
    }

    static Origin origin(URI uri) throws HttpFailure {
        try {
            return Origin.of(uri);
        } catch (IllegalArgumentException e) {
            throw new HttpFailure(Kind.PROTOCOL, String.valueOf(e.getMessage()), e);
        }
    }

    /** A Location header's value, which may be relative. */
    static URI resolve(URI base, String location) throws HttpFailure {
        if (location.length() > MAX_URI) {
            throw new HttpFailure(Kind.PROTOCOL, "Location header has more than " + MAX_URI + " characters");
        }
        try {
            return base.resolve(new URI(location));
        } catch (URISyntaxException e) {
            throw new HttpFailure(Kind.PROTOCOL, "malformed Location header: " + e.getReason(), e);
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
