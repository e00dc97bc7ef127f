package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.Origin;
import cairn.oci.registry.RegistryException.Kind;
import cairn.oci.registry.Tokens.Token;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Proof of credentials at a registry's {@code /v2/}, with nothing that was kept from before. */
final class Login {
    private static final String SUCCEEDED = "Login Succeeded";

    private final Line line;
    private final Credentials credentials;

    Login(Line line, Credentials credentials) {
        this.line = line;
        this.credentials = credentials;
    }

    /** The registry that people mean by what they type. */
    static String domain(String serverAddress) {
        String host = serverAddress.strip().toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        host = slash < 0 ? host : host.substring(0, slash);
        return host.isEmpty() || host.equals(Hosts.DOCKER_INDEX) || host.equals(Hosts.DOCKER_SERVER)
                ? Hosts.DOCKER
                : host;
    }

    LoginResult at(String serverAddress) throws RegistryException {
        Endpoint endpoint = line.hosts().endpoints(domain(serverAddress)).getLast();
        Origin known = line.reached(endpoint.first());
        if (known != null && endpoint.owns(known)) {
            try {
                return at(endpoint, known);
            } catch (HttpFailure e) {
                line.lost(endpoint.first());
            }
        }
        HttpFailure failure = null;
        for (Origin origin : endpoint.origins()) {
            try {
                LoginResult result = at(endpoint, origin);
                line.reached(endpoint.first(), origin);
                return result;
            } catch (HttpFailure e) {
                failure = failure != null && e.kind() == HttpFailure.Kind.FORBIDDEN ? failure : e;
                if (e.kind() != HttpFailure.Kind.NO_TLS && e.kind() != HttpFailure.Kind.NO_CONNECTION) {
                    break;
                }
            }
        }
        throw failure == null ? new RegistryException(Kind.INVALID, "no host") : RegistryException.of(failure);
    }

    private LoginResult at(Endpoint endpoint, Origin origin) throws RegistryException, HttpFailure {
        URI uri = endpoint.at(origin, "/");
        HttpReply first = ping(endpoint, origin, uri, null);
        if (first.status() == 200) {
            first.close();
            return new LoginResult(SUCCEEDED, "");
        }
        if (first.status() != 401) {
            throw refused(uri, first);
        }
        List<Challenge> challenges;
        try (first) {
            challenges = Authorizer.challenges(first);
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                return bearer(endpoint, origin, uri, challenge, first);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("basic") && !credentials.username().isEmpty()) {
                return proven(uri, ping(endpoint, origin, uri, Authorizer.basic(credentials)), "");
            }
        }
        throw refused(uri, first);
    }

    private LoginResult bearer(Endpoint endpoint, Origin origin, URI uri, Challenge challenge, HttpReply first)
            throws RegistryException, HttpFailure {
        Tokens.Path path = line.tokens().path(challenge.parameter("realm"), origin, endpoint.tls(), first.peer());
        if (!path.trusted()) {
            throw new RegistryException(
                    Kind.INVALID,
                    "login attempt to " + uri + " failed: it asks for credentials of " + origin + " to be sent to "
                            + Origin.of(path.realm()));
        }
        Token token;
        try {
            token = line.tokens().fetch(line.tokens().grant(path, challenge, credentials, List.of()), path, true);
        } catch (RegistryException e) {
            throw new RegistryException(e.kind(), "Get \"" + uri + "\": " + e.getMessage(), e);
        }
        String identity = token.refresh().isEmpty() ? credentials.identityToken() : token.refresh();
        return proven(uri, ping(endpoint, origin, uri, "Bearer " + token.value()), identity);
    }

    private HttpReply ping(Endpoint endpoint, Origin origin, URI uri, @Nullable String authorization)
            throws HttpFailure, RegistryException {
        Map<String, String> headers = authorization == null
                ? Map.of("User-Agent", line.userAgent())
                : Map.of("User-Agent", line.userAgent(), "Authorization", authorization);
        return line.retry()
                .send(() -> line.redirects()
                        .follow(new HttpRequest(
                                "GET",
                                uri,
                                headers,
                                null,
                                endpoint.tls(),
                                line.hosts().reach(origin))));
    }

    private static LoginResult proven(URI uri, HttpReply reply, String identityToken) throws RegistryException {
        if (reply.status() != 200) {
            throw refused(uri, reply);
        }
        reply.close();
        return new LoginResult(SUCCEEDED, identityToken);
    }

    private static RegistryException refused(URI uri, HttpReply reply) {
        String line = reply.statusLine();
        Kind kind = ErrorReply.of(reply).kind();
        return new RegistryException(
                kind, "login attempt to " + uri + " failed with status: " + ErrorReply.clean(line));
    }
}
