package cairn.oci.registry;

import cairn.oci.InvalidDocumentException;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import cairn.oci.json.JsonObject;
import cairn.oci.json.JsonText;
import cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens: asked for where a challenge points, and kept until they expire (distribution spec, "Token Authentication", and its OAuth 2
 * form). Safe for several threads; who needs the same token at the same time asks once.
 */
final class Tokens {
    private static final int MAX_KEPT = 1_000;
    private static final int MAX_REPLY = 256 << 10;
    private static final int MAX_TOKEN = 24 << 10;
    private static final int MAX_SCOPES = 64;
    private static final String CLIENT = "docker";

    /** What the specification says of a token that does not say it itself. */
    private static final Duration UNSTATED = Duration.ofSeconds(60);

    /** Docker's own servers of tokens and of images have different names. */
    private static final Map<String, String> RELATED =
            Map.of(Hosts.DOCKER_SERVER, "auth.docker.io", Hosts.DOCKER_INDEX, "auth.docker.io");

    /**
     * The way to a realm.
     *
     * @param registry who pointed there, at the address {@code peer}
     * @param trusted whether the caller's credentials may go there
     */
    record Path(
            URI realm,
            Origin registry,
            TlsSettings tls,
            @Nullable InetAddress peer,
            boolean trusted) {}

    /** What a token is for; alike grants share one. */
    record Grant(URI realm, String service, List<String> scopes, Credentials credentials) {}

    /** @param refresh a token to get others with, or empty */
    record Token(String value, String refresh, long expires) {
        boolean valid() {
            return System.nanoTime() - expires < 0;
        }
    }

    private static final class Slot {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Token token;
    }

    private final Redirects redirects;
    private final Hosts hosts;
    private final Retry retry;
    private final String userAgent;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Grant, Slot> slots = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Grant, Slot> eldest) {
            return size() > MAX_KEPT;
        }
    };

    Tokens(Redirects redirects, Hosts hosts, Retry retry, String userAgent) {
        this.redirects = redirects;
        this.hosts = hosts;
        this.retry = retry;
        this.userAgent = userAgent;
    }

    /** Checks where a challenge points. */
    Path path(String realm, Origin registry, TlsSettings tls, @Nullable InetAddress peer)
            throws RegistryException, HttpFailure {
        try {
            URI uri = new URI(realm);
            Origin origin = Origin.of(uri);
            if (uri.getRawFragment() != null) {
                throw new IllegalArgumentException("it has a fragment");
            }
            return new Path(uri, registry, redirects.trust(tls, registry, origin), peer, trusted(registry, origin));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new RegistryException(
                    Kind.INVALID, "invalid realm in the challenge of " + registry + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether a registry's credentials may go to a realm: on the registry's own host, on the domain above it (who owns that owns the
     * registry's name too), where Docker's own registry has it, or at a host that has a folder in the user's settings. Never away from TLS.
     */
    private boolean trusted(Origin registry, Origin realm) {
        if (registry.tls() && !realm.tls()) {
            return false;
        }
        boolean above =
                registry.host().endsWith("." + realm.host()) && realm.host().indexOf('.') > 0;
        return registry.sameHost(realm)
                || above
                || realm.host().equals(RELATED.get(registry.host()))
                || hosts.hasFolder(realm);
    }

    /** The scopes of the challenge, which knows names that a mirror has made of ours; and ours, where it has none. */
    Grant grant(Path path, Challenge challenge, Credentials credentials, List<String> scopes) {
        TreeSet<String> all = new TreeSet<>();
        for (String scope : challenge.parameter("scope").split(" ", MAX_SCOPES)) {
            if (!scope.isBlank()) {
                all.add(ordered(scope));
            }
        }
        if (all.isEmpty()) {
            all.addAll(scopes);
        } else if (scopes.size() > 1) {
            // A mount reads from a second repository, of which the challenge may know nothing.
            all.addAll(scopes.subList(1, scopes.size()));
        }
        return new Grant(
                path.realm(),
                challenge.parameter("service"),
                List.copyOf(all),
                path.trusted() ? credentials : Credentials.ANONYMOUS);
    }

    /** With its actions in one order: registries write the same ones now so, now so, and each way would be another token. */
    private static String ordered(String scope) {
        int colon = scope.lastIndexOf(':');
        return scope.substring(0, colon + 1)
                + Stream.of(scope.substring(colon + 1).split(",")).sorted().collect(Collectors.joining(","));
    }

    /** The token's text, from an earlier time where it is still good. */
    String token(Grant grant, Path path) throws RegistryException {
        Slot slot;
        lock.lock();
        try {
            slot = slots.computeIfAbsent(grant, g -> new Slot());
        } finally {
            lock.unlock();
        }
        slot.lock.lock();
        try {
            Token token = slot.token;
            if (token == null || !token.valid()) {
                token = fetch(grant, path, false);
                slot.token = token;
            }
            return token.value();
        } finally {
            slot.lock.unlock();
        }
    }

    /** Drops a token that the registry refuses, if it is still the one that is kept. */
    void forget(Grant grant, String header) {
        Slot slot;
        lock.lock();
        try {
            slot = slots.get(grant);
        } finally {
            lock.unlock();
        }
        if (slot != null) {
            slot.lock.lock();
            try {
                if (slot.token != null && header.equals("Bearer " + slot.token.value())) {
                    slot.token = null;
                }
            } finally {
                slot.lock.unlock();
            }
        }
    }

    /**
     * Asks for a token.
     *
     * @param lasting whether a refresh token is wanted beside it, to be kept in place of the password
     */
    Token fetch(Grant grant, Path path, boolean lasting) throws RegistryException {
        try {
            HttpReply reply = retry.send(() ->
                    grant.credentials().identityToken().isEmpty() ? get(grant, path, lasting) : post(grant, path));
            if (reply.status() != 200) {
                throw refused(reply, path, grant);
            }
            try (reply) {
                return read(reply.bytes(MAX_REPLY), path.realm());
            }
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
    }

    private static RegistryException refused(HttpReply reply, Path path, Grant grant) {
        ErrorReply error = ErrorReply.of(reply);
        String why = path.trusted() || !grant.credentials().anonymous()
                ? ""
                : " (" + Origin.of(path.realm()) + " is not a host that credentials for " + path.registry()
                        + " are sent to)";
        return new RegistryException(error.kind(), error.text() + why);
    }

    private HttpReply get(Grant grant, Path path, boolean lasting) throws HttpFailure {
        StringBuilder query = new StringBuilder();
        if (!grant.credentials().username().isEmpty()) {
            parameter(query, "account", grant.credentials().username());
        }
        if (lasting) {
            parameter(query, "client_id", CLIENT);
            parameter(query, "offline_token", "true");
        }
        for (String scope : grant.scopes()) {
            parameter(query, "scope", scope);
        }
        if (!grant.service().isEmpty()) {
            parameter(query, "service", grant.service());
        }
        String base = path.realm().toString();
        URI uri = query.isEmpty()
                ? path.realm()
                : URI.create(base + (path.realm().getRawQuery() == null ? "?" : "&") + query);
        Map<String, String> headers =
                new LinkedHashMap<>(Map.of("User-Agent", userAgent, "Accept", "application/json"));
        if (!grant.credentials().username().isEmpty()) {
            headers.put("Authorization", Authorizer.basic(grant.credentials()));
        }
        return redirects.follow(request("GET", uri, headers, null, path));
    }

    /** The refresh token goes in the body, and nowhere else: this is not followed. */
    private HttpReply post(Grant grant, Path path) throws HttpFailure {
        StringBuilder form = new StringBuilder();
        parameter(form, "client_id", CLIENT);
        parameter(form, "grant_type", "refresh_token");
        parameter(form, "refresh_token", grant.credentials().identityToken());
        parameter(form, "scope", String.join(" ", grant.scopes()));
        parameter(form, "service", grant.service());
        byte[] bytes = form.toString().getBytes(StandardCharsets.US_ASCII);
        Map<String, String> headers = Map.of(
                "User-Agent", userAgent,
                "Accept", "application/json",
                "Content-Type", "application/x-www-form-urlencoded");
        return redirects.send(request("POST", path.realm(), headers, new Bytes(bytes), path));
    }

    private HttpRequest request(
            String method, URI uri, Map<String, String> headers, HttpRequest.@Nullable Body body, Path path)
            throws HttpFailure {
        return new HttpRequest(
                method,
                uri,
                headers,
                body,
                path.tls(),
                redirects.reach(path.registry(), path.peer(), Redirects.origin(uri)));
    }

    private static void parameter(StringBuilder query, String name, String value) {
        if (!query.isEmpty()) {
            query.append('&');
        }
        query.append(name).append('=').append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }

    private static Token read(byte[] body, URI realm) throws RegistryException {
        try {
            JsonObject json = JsonText.object("token reply", body, MAX_REPLY);
            String value = json.string("token", "");
            if (value.isEmpty()) {
                value = json.string("access_token", "");
            }
            if (value.isEmpty()) {
                throw new RegistryException(
                        Kind.INVALID,
                        "authorization server " + Origin.of(realm) + " did not include a token in the response");
            }
            Duration life = json.has("expires_in") ? Duration.ofSeconds(json.integer("expires_in")) : UNSTATED;
            long seconds = Math.clamp(
                    life.toSeconds(), UNSTATED.toSeconds(), Duration.ofHours(24).toSeconds());
            // Renewed a little before its end, for the way to the registry takes time too.
            long expires =
                    System.nanoTime() + Duration.ofSeconds(seconds * 9 / 10).toNanos();
            return new Token(sound(value), sound(json.string("refresh_token", "")), expires);
        } catch (InvalidDocumentException e) {
            throw new RegistryException(Kind.INVALID, "unable to decode token response: " + e.getMessage(), e);
        }
    }

    /** It becomes a header: visible characters only. */
    private static String sound(String token) throws RegistryException {
        if (token.length() > MAX_TOKEN || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new RegistryException(Kind.INVALID, "the authorization server sent a token that is none");
        }
        return token;
    }

    /** A body that is there as a whole. */
    record Bytes(byte[] bytes) implements HttpRequest.Body {
        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(bytes);
        }
    }
}
