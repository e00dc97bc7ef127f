package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Debian's docker-registry as a process of its own, with an empty store. On a loopback address, where engines take plain HTTP; with TLS on
 * the machine's own address, where they must not.
 */
final class TestRegistry implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(20);

    private final Path directory;
    private final String host;
    private final int port;
    private final boolean tls;
    private final @Nullable TokenServer tokens;
    private final Process process;

    private TestRegistry(Path directory, String host, boolean tls, String auth, @Nullable TokenServer tokens)
            throws IOException {
        this.directory = directory;
        this.host = host;
        this.port = freePort();
        this.tls = tls;
        this.tokens = tokens;
        Path config = directory.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "%s:%d", secret: cairn%s}
                %s
                """.formatted(
                        directory.resolve("store"),
                        host,
                        port,
                        tls ? ", tls: {certificate: %1$s/host.crt, key: %1$s/host.key}".formatted(directory) : "",
                        auth));
        process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        Wait.until(START, () -> "the registry's first answer; its log:\n" + log(), this::answers);
    }

    /** Plain HTTP, open to everybody. */
    static TestRegistry plain() {
        return start("127.0.0.1", false, Access.OPEN);
    }

    /** TLS with a certificate of its own making, {@link #certificate}. */
    static TestRegistry tls() {
        return start(ownAddress(), true, Access.OPEN);
    }

    /** Plain HTTP; only for {@code user} with the password {@code secret}, by basic authentication. */
    static TestRegistry withPassword() {
        return start("127.0.0.1", false, Access.PASSWORD);
    }

    /** The same by bearer tokens from a server of their own. */
    static TestRegistry withTokens() {
        return start("127.0.0.1", false, Access.TOKENS);
    }

    private enum Access {
        OPEN,
        PASSWORD,
        TOKENS
    }

    private static TestRegistry start(String host, boolean tls, Access access) {
        try {
            Path directory = Files.createTempDirectory("cairn-it-registry-");
            if (tls || access == Access.TOKENS) {
                makeCertificate(directory, host);
            }
            return switch (access) {
                case OPEN -> new TestRegistry(directory, host, tls, "", null);
                case PASSWORD -> {
                    String line = Command.run("htpasswd", "-nbB", "user", "secret")
                            .ok()
                            .text();
                    Path file = Files.writeString(directory.resolve("htpasswd"), line + "\n");
                    yield new TestRegistry(
                            directory, host, tls, "auth: {htpasswd: {realm: cairn, path: %s}}".formatted(file), null);
                }
                case TOKENS -> {
                    TokenServer tokens = new TokenServer(directory.resolve("host.crt"), directory.resolve("host.der"));
                    yield new TestRegistry(
                            directory,
                            host,
                            tls,
                            "auth: {token: {realm: \"%s\", service: registry, issuer: cairn, rootcertbundle: %s}}"
                                    .formatted(tokens.realm(), directory.resolve("host.crt")),
                            tokens);
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeCertificate(Path directory, String host) {
        Command.run(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=" + host,
                        "-addext",
                        "subjectAltName=IP:" + host,
                        "-keyout",
                        directory.resolve("host.key").toString(),
                        "-out",
                        directory.resolve("host.crt").toString())
                .ok();
        Command.run(
                        "openssl",
                        "pkcs8",
                        "-topk8",
                        "-nocrypt",
                        "-outform",
                        "DER",
                        "-in",
                        directory.resolve("host.key").toString(),
                        "-out",
                        directory.resolve("host.der").toString())
                .ok();
    }

    /** An address of this machine that is not loopback; loopback where there is none. */
    private static String ownAddress() {
        for (String address : Command.run("hostname", "-I").text().split(" ")) {
            if (address.matches("[0-9.]+")) {
                return address;
            }
        }
        return "127.0.0.1";
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code HOST:PORT}, as it stands before the first slash of an image's name. */
    String address() {
        return host + ":" + port;
    }

    int port() {
        return port;
    }

    /** Such as {@code 127.0.0.1:5000/NAME}. */
    String image(String name) {
        return address() + "/" + name;
    }

    /** In PEM form. */
    Path certificate() {
        return directory.resolve("host.crt");
    }

    /** Makes {@code directory/HOST:PORT/ca.crt}, as {@code certs.d} has it. */
    void trustIn(Path certsDirectory) {
        try {
            Path folder = Files.createDirectories(certsDirectory.resolve(address()));
            Files.copy(certificate(), folder.resolve("ca.crt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything it has printed; a line for each request that it has answered. */
    String log() {
        try {
            Path log = directory.resolve("log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many requests like {@code GET /v2/NAME/blobs/} it has answered: method and path as the access log has them. */
    long requests(String method, String path) {
        return log().lines()
                .filter(line -> line.contains("\"" + method + " " + path))
                .count();
    }

    /** The registry writes its log a moment after it has answered. */
    void awaitRequests(long count, String method, String path) {
        Wait.until(
                Duration.ofSeconds(5),
                () -> method + " " + path + " in " + log(),
                () -> requests(method, path) >= count);
        assertThat(requests(method, path)).isEqualTo(count);
    }

    /** A manifest as it is stored, by tag or digest. */
    byte[] manifest(String name, String reference) {
        return get("/v2/" + name + "/manifests/" + reference);
    }

    /** Puts a manifest, as a registry's client would, and gives its digest. */
    String putManifest(String name, String tag, String mediaType, String json) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create("http://" + address() + "/v2/" + name + "/manifests/" + tag)
                            .toURL()
                            .openConnection();
            connection.setRequestMethod("PUT");
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", mediaType);
            try (var out = connection.getOutputStream()) {
                out.write(json.getBytes(StandardCharsets.UTF_8));
            }
            if (connection.getResponseCode() != 201) {
                throw new AssertionError("the registry refuses the manifest with " + connection.getResponseCode());
            }
            return connection.getHeaderField("Docker-Content-Digest");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file in which the registry keeps a blob. */
    Path blob(String hex) {
        return directory.resolve("store/docker/registry/v2/blobs/sha256/" + hex.substring(0, 2) + "/" + hex + "/data");
    }

    /** Copies something that skopeo can name, such as {@code oci:DIR:TAG}, to {@code NAME} here. */
    void copyIn(String from, String name, String... options) {
        List<String> words = new ArrayList<>(List.of("skopeo", "copy", "--dest-tls-verify=false"));
        words.addAll(List.of(options));
        words.addAll(List.of(from, "docker://" + image(name)));
        Command.run(words.toArray(String[]::new)).ok();
    }

    private byte[] get(String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + address() + path).toURL().openConnection();
            connection.setRequestProperty(
                    "Accept",
                    "application/vnd.docker.distribution.manifest.v2+json,"
                            + "application/vnd.docker.distribution.manifest.list.v2+json,"
                            + "application/vnd.oci.image.manifest.v1+json,application/vnd.oci.image.index.v1+json");
            try (var in = connection.getInputStream()) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new AssertionError("the registry has ended: " + log());
        }
        try {
            String scheme = tls ? "https" : "http";
            return Command.run("curl", "-sk", "-o", "/dev/null", scheme + "://" + address() + "/v2/")
                            .exit()
                    == 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** A second process on the same store and address, in the network namespace of another process: until it is closed. */
    AutoCloseable servedBeside(long pid) {
        try {
            String[] enter = {"nsenter", "-t", Long.toString(pid), "-n"};
            List<String> words = new ArrayList<>(List.of(enter));
            words.addAll(List.of(
                    "docker-registry", "serve", directory.resolve("config.yml").toString()));
            Process beside = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log-beside").toFile())
                    .start();
            List<String> ask = new ArrayList<>(List.of(enter));
            ask.addAll(List.of("curl", "-s", "-o", "/dev/null", "http://" + address() + "/v2/"));
            Wait.until(
                    START,
                    () -> "an answer of the registry beside",
                    () -> Command.run(ask.toArray(String[]::new)).exit() == 0);
            return () -> end(beside);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end(process);
        if (tokens != null) {
            tokens.close();
        }
        TestDaemon.deleteTree(directory);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
