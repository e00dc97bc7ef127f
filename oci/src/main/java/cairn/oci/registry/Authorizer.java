package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.Origin;
import cairn.oci.http.TlsSettings;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What to put into the Authorization header, out of credentials and what servers have asked for so far. Safe for several threads. */
final class Authorizer {
    private static final int MAX_KEPT = 1_000;

    /** Who asks for what where. */
    private record Place(Origin origin, Credentials credentials, List<String> scopes) {}

    /** How a server wants to be answered. */
    private sealed interface Way {
        record Basic() implements Way {}

        record Bearer(Tokens.Grant grant, Tokens.Path path) implements Way {}
    }

    private final Tokens tokens;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Place, Way> ways = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, Way> eldest) {
            return size() > MAX_KEPT;
        }
    };

    Authorizer(Tokens tokens) {
        this.tokens = tokens;
    }

    /** What an earlier reply has taught; null where nothing is known. */
    @Nullable
    String known(Origin origin, Credentials credentials, List<String> scopes) throws RegistryException, HttpFailure {
        if (!credentials.registryToken().isEmpty()) {
            return "Bearer " + credentials.registryToken();
        }
        Way way;
        lock.lock();
        try {
            way = ways.get(new Place(origin, credentials, scopes));
        } finally {
            lock.unlock();
        }
        return way == null ? null : header(way, credentials);
    }

    /**
     * Answers a 401.
     *
     * @param sent what was sent with the request, which the server did not like
     * @return null where there is nothing better to send
     */
    @Nullable
    String answer(
            HttpReply reply,
            Origin origin,
            TlsSettings tls,
            Credentials credentials,
            List<String> scopes,
            @Nullable String sent)
            throws RegistryException, HttpFailure {
        Way way = way(challenges(reply), origin, tls, reply.peer(), credentials, scopes);
        if (way == null) {
            return null;
        }
        if (sent != null && way instanceof Way.Bearer bearer) {
            tokens.forget(bearer.grant(), sent);
        }
        String header = header(way, credentials);
        if (header == null || header.equals(sent)) {
            return null;
        }
        lock.lock();
        try {
            ways.put(new Place(origin, credentials, scopes), way);
        } finally {
            lock.unlock();
        }
        return header;
    }

    private @Nullable Way way(
            List<Challenge> challenges,
            Origin origin,
            TlsSettings tls,
            @Nullable InetAddress peer,
            Credentials credentials,
            List<String> scopes)
            throws RegistryException, HttpFailure {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                Tokens.Path path = tokens.path(challenge.parameter("realm"), origin, tls, peer);
                return new Way.Bearer(tokens.grant(path, challenge, credentials, scopes), path);
            }
        }
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("basic") && !credentials.username().isEmpty()) {
                return new Way.Basic();
            }
        }
        return null;
    }

    /** Whether a 401 asks for a name and a password, and for nothing else. */
    boolean wantsPassword(HttpReply reply) throws RegistryException {
        List<Challenge> challenges = challenges(reply);
        return !challenges.isEmpty()
                && challenges.stream().allMatch(challenge -> challenge.scheme().equals("basic"));
    }

    private @Nullable String header(Way way, Credentials credentials) throws RegistryException, HttpFailure {
        return switch (way) {
            case Way.Basic basic -> basic(credentials);
            case Way.Bearer bearer -> "Bearer " + tokens.token(bearer.grant(), bearer.path());
        };
    }

    static List<Challenge> challenges(HttpReply reply) throws RegistryException {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : reply.headers("WWW-Authenticate")) {
            challenges.addAll(Challenge.parse(header));
        }
        return challenges;
    }

    static String basic(Credentials credentials) {
        byte[] pair = (credentials.username() + ":" + credentials.password()).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
}
