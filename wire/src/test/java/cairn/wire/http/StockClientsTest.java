package cairn.wire.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cairn.wire.system.VersionBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others wrote, against a server that knows three paths. */
@Timeout(60)
class StockClientsTest {
    @TempDir
    Path directory;

    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.open(
                directory.resolve("s.sock"), ServerSettings.of("28.0.0").withGroup(null), StockClientsTest::handle);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private static void handle(Exchange exchange) throws IOException {
        if (exchange.path().endsWith("/_ping")) {
            exchange.respond(200, "text/plain; charset=utf-8", "OK".getBytes(UTF_8));
        } else if (exchange.path().endsWith("/version")) {
            exchange.respond(
                    200,
                    VersionBuilder.builder()
                            .version("28.0.0")
                            .apiVersion("1.51")
                            .minApiVersion("1.24")
                            .os("linux")
                            .arch("amd64")
                            .build());
        } else {
            byte[] body = exchange.body().readAllBytes();
            exchange.stream(200, "application/octet-stream").write(body);
        }
    }

    @Test
    void curlGetsHeadsAndUploadsChunks() throws Exception {
        assumeTrue(onPath("curl"), "curl is not installed");
        Path upload = Files.write(directory.resolve("upload"), new byte[3_000_000]);

        assertThat(run("curl", "-s", "--unix-socket", server.socket().toString(), "http://d/_ping"))
                .isEqualTo("OK");
        assertThat(run("curl", "-sI", "--unix-socket", server.socket().toString(), "http://d/_ping"))
                .startsWith("HTTP/1.1 200 OK")
                .contains("Content-Length: 2");
        assertThat(run(
                        "curl",
                        "-s",
                        "--unix-socket",
                        server.socket().toString(),
                        "-H",
                        "Transfer-Encoding: chunked",
                        "-H",
                        "Expect: 100-continue",
                        "-T",
                        upload.toString(),
                        "http://d/echo"))
                .hasSize(3_000_000);
    }

    @Test
    void theDockerCommandNegotiatesAndShowsTheVersion() throws Exception {
        assumeTrue(onPath("docker"), "docker is not installed");

        String shown = run("docker", "-H", "unix://" + server.socket(), "version", "--format", "{{json .Server}}");

        assertThat(shown).contains("\"Version\":\"28.0.0\"", "\"ApiVersion\":\"1.51\"", "\"MinAPIVersion\":\"1.24\"");
    }

    private static boolean onPath(String program) {
        for (String entry : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(entry, program))) {
                return true;
            }
        }
        return false;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        List<String> bounded = new ArrayList<>(List.of("timeout", "20"));
        bounded.addAll(List.of(command));
        Process process = new ProcessBuilder(bounded).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
