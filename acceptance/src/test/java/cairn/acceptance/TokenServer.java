package cairn.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives bearer tokens to {@code user} with the password {@code secret}, and to nobody else, as the distribution project's token
 * specification has it: a signed JWT with the access that was asked for.
 */
final class TokenServer implements AutoCloseable {
    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();
    private static final String USER =
            "Basic " + Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.UTF_8));

    private final HttpServer server;
    private final PrivateKey key;
    private final String certificate;

    /** @param certificate in PEM form; @param key in PKCS 8 DER form */
    TokenServer(Path certificate, Path key) throws IOException {
        try {
            this.key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
        this.certificate = Files.readAllLines(certificate).stream()
                .filter(line -> !line.startsWith("-"))
                .collect(Collectors.joining());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/token", this::answer);
        server.start();
    }

    String realm() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
    }

    private void answer(HttpExchange exchange) throws IOException {
        String credentials = exchange.getRequestHeaders().getFirst("Authorization");
        boolean known = USER.equals(credentials);
        byte[] body = known || credentials == null
                ? "{\"token\":\"%s\",\"expires_in\":300}"
                        .formatted(token(known, scopes(exchange.getRequestURI().getRawQuery())))
                        .getBytes(StandardCharsets.UTF_8)
                : "{\"details\":\"incorrect username or password\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(known || credentials == null ? 200 : 401, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static List<String> scopes(@Nullable String query) {
        List<String> scopes = new ArrayList<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            if (pair.startsWith("scope=")) {
                String value = URLDecoder.decode(pair.substring("scope=".length()), StandardCharsets.UTF_8);
                scopes.addAll(List.of(value.split(" ")));
            }
        }
        return scopes;
    }

    private String token(boolean known, List<String> scopes) {
        long now = Instant.now().getEpochSecond();
        String access = scopes.stream()
                .filter(scope -> known && scope.startsWith("repository:"))
                .map(TokenServer::access)
                .collect(Collectors.joining(","));
        String header = "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + certificate + "\"]}";
        String claims = "{\"iss\":\"cairn\",\"sub\":\"user\",\"aud\":\"registry\",\"nbf\":" + (now - 10) + ",\"iat\":"
                + now + ",\"exp\":" + (now + 300) + ",\"jti\":\"1\",\"access\":[" + access + "]}";
        String signed = encoded(header) + "." + encoded(claims);
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return signed + "." + URL.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String access(String scope) {
        String[] parts = scope.split(":");
        String actions = Arrays.stream(parts[2].split(","))
                .map(action -> "\"" + action + "\"")
                .collect(Collectors.joining(","));
        return "{\"type\":\"repository\",\"name\":\"" + parts[1] + "\",\"actions\":[" + actions + "]}";
    }

    private static String encoded(String text) {
        return URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
