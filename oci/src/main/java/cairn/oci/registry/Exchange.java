package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.HttpRequest.Reach;
import cairn.oci.http.Origin;
import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Requests of one caller to endpoints: over TLS or plain, with the right authorization, and again where that may help. */
final class Exchange {
    /**
     * What to ask an endpoint.
     *
     * @param path after the endpoint's prefix, with its query
     * @param scopes of the token that it takes, those of the repository itself first
     */
    record Ask(
            String method,
            String path,
            Map<String, String> headers,
            HttpRequest.@Nullable Body body,
            List<String> scopes) {
        static Ask get(String path, List<String> scopes) {
            return new Ask("GET", path, Map.of(), null, scopes);
        }

        Ask with(Map<String, String> others) {
            return new Ask(method, path, others, body, scopes);
        }
    }

    private final Line line;
    private final Credentials credentials;

    Exchange(Line line, Credentials credentials) {
        this.line = line;
        this.credentials = credentials;
    }

    /** Asks an endpoint; of a mirror once only, for there are others. */
    HttpReply send(Endpoint endpoint, Ask ask) throws RegistryException {
        try {
            return line.retry()
                    .atMost(endpoint.mirror() ? 1 : Integer.MAX_VALUE)
                    .send(() -> once(endpoint, ask));
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
    }

    /** The same, tried once only. */
    HttpReply once(Endpoint endpoint, Ask ask) throws RegistryException, HttpFailure {
        Origin known = line.reached(endpoint.first());
        if (known != null && endpoint.owns(known)) {
            try {
                return authorized(endpoint, endpoint.at(known, ask.path()), ask);
            } catch (HttpFailure e) {
                line.lost(endpoint.first());
                throw e;
            }
        }
        HttpFailure failure = null;
        for (Origin origin : endpoint.origins()) {
            if (failure != null && pointless(failure, endpoint, origin)) {
                throw failure;
            }
            try {
                HttpReply reply = authorized(endpoint, endpoint.at(origin, ask.path()), ask);
                // A server that speaks TLS, and was slow to, calls a request without it a bad one.
                if (origin.tls() || reply.status() != 400) {
                    line.reached(endpoint.first(), origin);
                }
                return reply;
            } catch (HttpFailure e) {
                // That plain HTTP is not allowed there, or goes nowhere either, is no news to who did not ask for it.
                failure = failure != null && e.kind().beforeSending() ? failure : e;
            }
        }
        throw failure == null ? new HttpFailure(HttpFailure.Kind.NO_CONNECTION, "no host") : failure;
    }

    /** Whether plain HTTP need not be tried: TLS is spoken there, or nobody listens on what is the same port. */
    private static boolean pointless(HttpFailure failure, Endpoint endpoint, Origin next) {
        return switch (failure.kind()) {
            case NO_TLS -> false;
            case NO_CONNECTION -> next.port() == endpoint.first().port();
            case NO_TRUST, FORBIDDEN, BROKEN, PROTOCOL, SOURCE -> true;
        };
    }

    /**
     * Goes on with what an endpoint has begun at an address that it named. To another server than its own no authorization is sent.
     *
     * @param from the reply that named it
     */
    HttpReply follow(Endpoint endpoint, URI target, Origin from, @Nullable InetAddress peer, Ask ask)
            throws RegistryException, HttpFailure {
        Origin origin = Redirects.origin(target);
        if (endpoint.owns(origin) && origin.equals(from)) {
            return authorized(endpoint, target, ask);
        }
        Reach reach = line.redirects().reach(from, peer, origin);
        return line.redirects()
                .send(new HttpRequest(
                        ask.method(),
                        target,
                        headers(ask, null, Map.of()),
                        ask.body(),
                        line.redirects().trust(endpoint.tls(), from, origin),
                        reach));
    }

    /** Asks for what an earlier reply of the same server points to. */
    HttpReply again(Endpoint endpoint, URI target, HttpReply from, Ask ask) throws RegistryException {
        try {
            Origin origin = Redirects.origin(from.uri());
            return line.retry().send(() -> follow(endpoint, target, origin, from.peer(), ask));
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
    }

    private HttpReply authorized(Endpoint endpoint, URI uri, Ask ask) throws RegistryException, HttpFailure {
        Origin origin = Redirects.origin(uri);
        Credentials caller = endpoint.mirror() ? Credentials.ANONYMOUS : credentials;
        String authorization = line.authorizer().known(origin, caller, ask.scopes());
        HttpReply reply = direct(endpoint, origin, uri, ask, authorization);
        // Once for a token that has expired on the way, and once more for one that was never good enough.
        for (int tries = 0; tries < 2 && reply.status() == 401; tries++) {
            if (!Redirects.origin(reply.uri()).equals(origin)) {
                return reply; // a stranger's challenge is none of ours
            }
            String better;
            try {
                better = line.authorizer().answer(reply, origin, endpoint.tls(), caller, ask.scopes(), authorization);
            } catch (RegistryException | HttpFailure e) {
                reply.close();
                throw e;
            }
            if (better == null) {
                if (authorization == null && line.authorizer().wantsPassword(reply)) {
                    reply.close();
                    throw new RegistryException(RegistryException.Kind.UNAUTHORIZED, withoutPassword(ask, uri));
                }
                return reply;
            }
            reply.close();
            authorization = better;
            reply = direct(endpoint, origin, uri, ask, authorization);
        }
        return reply;
    }

    /** Docker's words, which people look for; it names the address only in a pull. */
    private static String withoutPassword(Ask ask, URI uri) {
        String words = "no basic auth credentials";
        return ask.method().equals("GET") ? "Get \"" + uri + "\": " + words : words;
    }

    private HttpReply direct(Endpoint endpoint, Origin origin, URI uri, Ask ask, @Nullable String authorization)
            throws HttpFailure {
        HttpRequest request = new HttpRequest(
                ask.method(),
                uri,
                headers(ask, authorization, endpoint.headers()),
                ask.body(),
                endpoint.tls(),
                line.hosts().reach(origin));
        boolean reading = ask.method().equals("GET") || ask.method().equals("HEAD");
        return reading ? line.redirects().follow(request) : line.redirects().send(request);
    }

    private Map<String, String> headers(Ask ask, @Nullable String authorization, Map<String, String> more) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("User-Agent", line.userAgent());
        headers.putAll(more);
        headers.putAll(ask.headers());
        if (authorization != null) {
            headers.put("Authorization", authorization);
        }
        return headers;
    }
}
