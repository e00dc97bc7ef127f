package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Digest;
import cairn.oci.Reference;
import cairn.oci.registry.RegistryException.Kind;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's docker-registry with TLS, with passwords, and with tokens. */
final class AccessTest {
    private static final Credentials USER = new Credentials("user", "secret", "", "");
    private static final Credentials WRONG = new Credentials("user", "wrong", "", "");

    @TempDir
    static Path directory;

    /** An authority, a server's certificate of its making, and a client's; in the forms that openssl writes them. */
    @BeforeAll
    static void certificates() throws Exception {
        run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.crt");
        run("openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr");
        Files.writeString(directory.resolve("names"), "subjectAltName=IP:127.0.0.1,DNS:localhost");
        run(
                "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt");
        run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout other.key -out other.crt");
        run("openssl ecparam -name prime256v1 -genkey -noout -out client.key"); // SEC 1
        run("openssl req -new -key client.key -subj /CN=client -out client.csr");
        run("openssl x509 -req -in client.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out client.cert");
        run("openssl rsa -traditional -in server.key -out server.pkcs1.key"); // PKCS 1
        run("openssl pkcs8 -topk8 -nocrypt -outform DER -in server.key -out server.der");
    }

    private static void run(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" "))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    private static Registries registries(Path folders, String... insecure) {
        return new Registries(new RegistrySettings(List.of(folders), List.of(), List.of(insecure), "cairn-test"));
    }

    private static void roundTrip(Registries registries, String host, Credentials credentials) throws Exception {
        Repository repository = registries.repository(Reference.parseNormalized(host + "/some/where"), credentials);
        byte[] bytes = "%s at %s".formatted(credentials, host).repeat(10_000).getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(bytes);
        repository.uploadBlob(digest, bytes.length, () -> new ByteArrayInputStream(bytes), at -> {});
        try (BlobStream blob = repository.blob(digest, bytes.length, 5)) {
            assertThat(blob.in().readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 5, bytes.length));
        }
    }

    private static Path folder(String name, String host, String... files) throws IOException {
        Path folder = Files.createDirectories(directory.resolve(name).resolve(host));
        for (String file : files) {
            Files.copy(directory.resolve(file), folder.resolve(file));
        }
        return directory.resolve(name);
    }

    private static void refused(Registries registries, String host, Kind kind, String says) {
        Repository repository = registries.repository(Reference.parseNormalized(host + "/some/where"), USER);
        assertThatThrownBy(() -> repository.manifest("latest"))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(says);
    }

    @Test
    void tlsIsTrustedAsTheHostsFolderSays() throws Exception {
        String tls = "  tls: {certificate: %1$s/server.crt, key: %1$s/server.key}".formatted(directory);
        try (DockerRegistry registry = DockerRegistry.start(directory.resolve("r-tls"), tls, "")) {
            try (Registries trusting = registries(folder("trusting", registry.host(), "ca.crt"))) {
                roundTrip(trusting, registry.host(), Credentials.ANONYMOUS);
            }
            try (Registries wrong = registries(folder("wrong", registry.host(), "other.crt"))) {
                refused(wrong, registry.host(), Kind.INVALID, "x509: certificate signed by unknown authority");
            }
            // As for Docker, this machine needs no certificate that anybody knows, where no authority is named.
            try (Registries careless = registries(directory.resolve("none"))) {
                roundTrip(careless, registry.host(), Credentials.ANONYMOUS);
            }
            try (Registries listed = registries(folder("listed", registry.host(), "other.crt"), "127.0.0.0/8")) {
                roundTrip(listed, registry.host(), Credentials.ANONYMOUS);
            }
            Path toml = folder("toml", registry.host()).resolve(registry.host()).resolve("hosts.toml");
            Files.writeString(
                    toml, "server = \"https://%s\"\nca = \"%s/ca.crt\"\n".formatted(registry.host(), directory));
            try (Registries byToml = registries(directory.resolve("toml"))) {
                roundTrip(byToml, registry.host(), Credentials.ANONYMOUS);
            }
            Files.writeString(
                    toml, "server = \"https://%s\"\nca = \"%s/other.crt\"\n".formatted(registry.host(), directory));
            try (Registries byToml = registries(directory.resolve("toml"))) {
                refused(byToml, registry.host(), Kind.INVALID, "x509: certificate signed by unknown authority");
            }
        }
    }

    @Test
    void certificateHasToBeOfTheHostThatIsMeant() throws Exception {
        run("openssl req -newkey rsa:2048 -nodes -subj /CN=elsewhere -keyout elsewhere.key -out elsewhere.csr");
        Files.writeString(directory.resolve("elsewhere"), "subjectAltName=DNS:elsewhere.example");
        run(
                "openssl x509 -req -in elsewhere.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile elsewhere -out elsewhere.crt");
        String tls = "  tls: {certificate: %1$s/elsewhere.crt, key: %1$s/elsewhere.key}".formatted(directory);
        try (DockerRegistry registry = DockerRegistry.start(directory.resolve("r-name"), tls, "");
                Registries trusting = registries(folder("name", registry.host(), "ca.crt"))) {
            refused(trusting, registry.host(), Kind.INVALID, "tls: failed to verify certificate: x509: ");
        }
    }

    @Test
    void clientProvesItselfByACertificate() throws Exception {
        String tls = "  tls: {certificate: %1$s/server.crt, key: %1$s/server.key, clientcas: [%1$s/ca.crt]}"
                .formatted(directory);
        try (DockerRegistry registry = DockerRegistry.start(directory.resolve("r-client"), tls, "")) {
            try (Registries known =
                    registries(folder("known", registry.host(), "ca.crt", "client.cert", "client.key"))) {
                roundTrip(known, registry.host(), Credentials.ANONYMOUS);
            }
            Path pkcs1 = folder("pkcs1", registry.host(), "ca.crt");
            Files.copy(
                    directory.resolve("server.crt"),
                    pkcs1.resolve(registry.host()).resolve("own.cert"));
            Files.copy(
                    directory.resolve("server.pkcs1.key"),
                    pkcs1.resolve(registry.host()).resolve("own.key"));
            try (Registries old = registries(pkcs1)) {
                roundTrip(old, registry.host(), Credentials.ANONYMOUS);
            }
            try (Registries unknown = registries(folder("unknown", registry.host(), "ca.crt"))) {
                Repository repository = unknown.repository(
                        Reference.parseNormalized(registry.host() + "/some/where"), Credentials.ANONYMOUS);
                assertThatThrownBy(() -> repository.manifest("latest")).isInstanceOf(RegistryException.class);
            }
        }
    }

    @Test
    void passwordIsAskedForAndProven() throws Exception {
        run("htpasswd -Bbc -C 4 htpasswd user secret");
        String auth = "auth: {htpasswd: {realm: basic-realm, path: %s/htpasswd}}".formatted(directory);
        try (DockerRegistry registry = DockerRegistry.start(directory.resolve("r-basic"), "", auth);
                Registries registries = registries(directory.resolve("none"))) {
            roundTrip(registries, registry.host(), USER);
            assertThat(registries.login(registry.host(), USER)).isEqualTo(new LoginResult("Login Succeeded", ""));
            assertThatThrownBy(() -> registries.login(registry.host(), WRONG))
                    .hasMessage(
                            "login attempt to http://" + registry.host() + "/v2/ failed with status: 401 Unauthorized");
            Reference name = Reference.parseNormalized(registry.host() + "/some/where");
            unauthorized(
                    () -> registries.repository(name, Credentials.ANONYMOUS).manifest("latest"),
                    "Get \"http://" + registry.host() + "/v2/some/where/manifests/latest\": no basic auth credentials");
            unauthorized(
                    () -> registries.repository(name, Credentials.ANONYMOUS).hasBlob(Digest.sha256(new byte[0])),
                    "no basic auth credentials");
            unauthorized(
                    () -> registries.repository(name, WRONG).manifest("latest"),
                    "unauthorized: authentication required");
        }
    }

    private static void unauthorized(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED))
                .hasMessage(message);
    }

    @Test
    void tokensAreFetchedForWhatIsDone() throws Exception {
        try (TokenServer tokens = new TokenServer()) {
            String auth =
                    "auth: {token: {realm: \"%s\", service: registry, issuer: cairn, rootcertbundle: %s/server.crt}}"
                            .formatted(tokens.realm(), directory);
            try (DockerRegistry registry = DockerRegistry.start(directory.resolve("r-token"), "", auth);
                    Registries registries = registries(directory.resolve("none"))) {
                roundTrip(registries, registry.host(), USER);
                assertThat(tokens.asked)
                        .containsExactly("GET [repository:some/where:pull,push]", "GET [repository:some/where:pull]");
                roundTrip(registries, registry.host(), USER);
                assertThat(tokens.asked).hasSize(2);

                Reference from = Reference.parseNormalized(registry.host() + "/some/where");
                Reference to = Reference.parseNormalized(registry.host() + "/else/where");
                byte[] bytes = {1, 2, 3};
                Digest digest = Digest.sha256(bytes);
                registries
                        .repository(from, USER)
                        .uploadBlob(digest, 3, () -> new ByteArrayInputStream(bytes), at -> {});
                assertThat(registries.repository(to, USER).mountBlob(digest, from))
                        .isTrue();
                assertThat(tokens.asked.getLast())
                        .isEqualTo("GET [repository:else/where:pull,push, repository:some/where:pull]");

                assertThatThrownBy(() -> registries.repository(from, WRONG).manifest("latest"))
                        .hasMessage("unauthorized: authentication required");
                assertThatThrownBy(() -> registries
                                .repository(from, Credentials.ANONYMOUS)
                                .manifest("latest"))
                        .hasMessageStartingWith("pull access denied for " + registry.host()
                                + "/some/where, repository does not exist or may require 'docker login': denied: ");

                LoginResult login = registries.login(registry.host(), USER);
                assertThat(login).isEqualTo(new LoginResult("Login Succeeded", "identity"));
                assertThatThrownBy(() -> registries.login(registry.host(), WRONG))
                        .hasMessage(
                                "Get \"http://" + registry.host() + "/v2/\": unauthorized: authentication required");
                roundTrip(registries, registry.host(), new Credentials("user", "", "identity", ""));
                assertThat(tokens.asked.getLast()).isEqualTo("POST [repository:some/where:pull]");
            }
        }
    }

    /** Gives everybody who knows the password, or the identity token, whatever is asked for; strangers get a token for nothing. */
    private static final class TokenServer implements AutoCloseable {
        private final HttpServer server;
        private final List<String> asked = new ArrayList<>();

        TokenServer() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/token", exchange -> {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                boolean post = exchange.getRequestMethod().equals("POST");
                String query =
                        post ? body : String.valueOf(exchange.getRequestURI().getRawQuery());
                List<String> scopes = new ArrayList<>();
                String refresh = "";
                for (String parameter : query.split("&")) {
                    String[] pair = (parameter + "=").split("=", 3);
                    String value = URLDecoder.decode(pair[1], StandardCharsets.UTF_8);
                    if (pair[0].equals("scope") && !value.isEmpty()) {
                        scopes.addAll(List.of(value.split(" ")));
                    }
                    refresh = pair[0].equals("refresh_token") ? value : refresh;
                }
                String basic = exchange.getRequestHeaders().getFirst("Authorization");
                boolean known = post
                        ? refresh.equals("identity")
                        : Authorizer.basic(USER).equals(basic);
                byte[] reply = "{}".getBytes(StandardCharsets.UTF_8);
                int status = 401;
                if (known || basic == null && !post) {
                    asked.add(exchange.getRequestMethod() + " " + scopes);
                    String lasting = query.contains("offline_token=true") ? ",\"refresh_token\":\"identity\"" : "";
                    reply = ("{\"token\":\"" + token(known ? scopes : List.of()) + "\",\"expires_in\":300" + lasting
                                    + "}")
                            .getBytes(StandardCharsets.UTF_8);
                    status = 200;
                }
                exchange.sendResponseHeaders(status, reply.length);
                exchange.getResponseBody().write(reply);
                exchange.close();
            });
            server.start();
        }

        String realm() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
        }

        private static String token(List<String> scopes) {
            try {
                String certificate =
                        Files.readString(directory.resolve("server.crt")).replaceAll("-----[A-Z ]+-----|\\s", "");
                String access = scopes.stream()
                        .map(scope -> scope.split(":"))
                        .map(parts -> "{\"type\":\"%s\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                                .formatted(parts[0], parts[1], parts[2].replace(",", "\",\"")))
                        .collect(Collectors.joining(","));
                long now = System.currentTimeMillis() / 1000;
                String claims =
                        "{\"iss\":\"cairn\",\"sub\":\"user\",\"aud\":\"registry\",\"exp\":%d,\"nbf\":%d,\"iat\":%d,\"jti\":\"%d\",\"access\":[%s]}"
                                .formatted(now + 300, now - 10, now - 10, System.nanoTime(), access);
                String signed = url("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"" + certificate + "\"]}") + "."
                        + url(claims);
                PrivateKey key = KeyFactory.getInstance("RSA")
                        .generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(directory.resolve("server.der"))));
                Signature signature = Signature.getInstance("SHA256withRSA");
                signature.initSign(key);
                signature.update(signed.getBytes(StandardCharsets.US_ASCII));
                return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private static String url(String json) {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
