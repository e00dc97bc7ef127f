package cairn.oci.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's docker-registry on a free port of the loopback, in a directory of its own. */
final class DockerRegistry implements AutoCloseable {
    private final Process process;
    private final Path directory;
    private final int port;

    private DockerRegistry(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** @param more of the configuration: sections {@code http} (indented members) and {@code auth} */
    static DockerRegistry start(Path directory, String http, String auth) {
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Files.createDirectories(directory);
            Path config = directory.resolve("config.yml");
            Files.writeString(config, """
                    version: 0.1
                    log: {level: error, accesslog: {disabled: true}}
                    storage:
                      filesystem: {rootdirectory: %s}
                      delete: {enabled: true}
                    http:
                      addr: 127.0.0.1:%d
                      secret: not-a-secret
                    %s
                    %s
                    """.formatted(directory.resolve("data"), port, http, auth));
            Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            DockerRegistry registry = new DockerRegistry(process, directory, port);
            registry.awaitPort();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static DockerRegistry plain(Path directory) {
        return start(directory, "", "");
    }

    int port() {
        return port;
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    private void awaitPort() throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IOException(
                            "docker-registry does not come up: " + Files.readString(directory.resolve("log")), e);
                }
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** Puts a blob by a client that is not ours. */
    void put(String repository, String digest, byte[] bytes) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Void> begun = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + host() + "/v2/" + repository + "/blobs/uploads/"))
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            String location = begun.headers().firstValue("Location").orElseThrow();
            expect(
                    201,
                    client.send(
                            HttpRequest.newBuilder(URI.create(location + "&digest=" + digest))
                                    .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        }
    }

    void putManifest(String repository, String reference, String mediaType, byte[] bytes)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            expect(
                    201,
                    client.send(
                            HttpRequest.newBuilder(URI.create(
                                            "http://" + host() + "/v2/" + repository + "/manifests/" + reference))
                                    .header("Content-Type", mediaType)
                                    .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString()));
        }
    }

    private static void expect(int status, HttpResponse<String> response) throws IOException {
        if (response.statusCode() != status) {
            throw new IOException(response + ": " + response.body());
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
