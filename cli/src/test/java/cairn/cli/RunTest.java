package cairn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.ErrorResponse;
import cairn.wire.StreamFrame;
import cairn.wire.http.Duplex;
import cairn.wire.http.Exchange;
import cairn.wire.http.HttpServer;
import cairn.wire.http.ServerSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The choreography of {@code run}, against a server that keeps Docker's protocol: wait sends its headers at once and its body
 * when the container has ended; the container echoes its input in capitals and ends with it.
 */
class RunTest {
    private static final String ID = "c0ffee".repeat(10) + "c0ff";

    @TempDir
    Path directory;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private String startFault = "";
    private boolean imageMissing;

    private void answer(Exchange exchange) throws IOException {
        String path = exchange.path().replace(ID, "ID");
        calls.add(exchange.method() + " " + path);
        switch (path) {
            case "/containers/create" -> create(exchange);
            case "/containers/ID/attach" -> attach(exchange);
            case "/containers/ID/wait" -> await(exchange);
            case "/containers/ID/start" -> {
                if (!startFault.isEmpty()) {
                    exchange.respond(400, new ErrorResponse(startFault));
                    return;
                }
                started.countDown();
                exchange.respond(204);
            }
            case "/images/create" -> exchange.respond(404, new ErrorResponse("pull access denied for nosuch"));
            default -> exchange.respond(404, new ErrorResponse("page not found"));
        }
    }

    private void create(Exchange exchange) throws IOException {
        exchange.body().readAllBytes();
        if (imageMissing) {
            exchange.respond(404, new ErrorResponse("No such image: nosuch:latest"));
        } else {
            exchange.respond(201, Map.of("Id", ID, "Warnings", List.of("careful")));
        }
    }

    private void attach(Exchange exchange) throws IOException {
        try (Duplex duplex = exchange.hijack("application/vnd.docker.multiplexed-stream")) {
            if (!startFault.isEmpty()) {
                duplex.input().readAllBytes();
                return;
            }
            await(started);
            InputStream in = duplex.input();
            byte[] typed = in.readAllBytes();
            byte[] capitals = new String(typed, StandardCharsets.UTF_8)
                    .toUpperCase(java.util.Locale.ROOT)
                    .getBytes(StandardCharsets.UTF_8);
            StreamFrame.write(duplex.output(), StreamFrame.Kind.STDOUT, capitals, 0, capitals.length);
            byte[] bye = "bye\n".getBytes(StandardCharsets.UTF_8);
            StreamFrame.write(duplex.output(), StreamFrame.Kind.STDERR, bye, 0, bye.length);
        } finally {
            ended.countDown();
        }
    }

    private void await(Exchange exchange) throws IOException {
        try (OutputStream out = exchange.stream(200, "application/json")) {
            out.flush();
            await(ended);
            out.write("{\"StatusCode\":42}\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private record Result(int status, String out, String err) {}

    private Result cairn(String input, String... words) throws IOException {
        Path socket = directory.resolve("d.sock");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (HttpServer server =
                HttpServer.open(socket, ServerSettings.of("28.0.0").withGroup(null), this::answer)) {
            PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
            PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
            InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
            int status =
                    new Main(in, outStream, errStream, Map.of("CAIRN_HOST", "unix://" + server.socket())).run(words);
            outStream.flush();
            return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void attachesAndWaitsBeforeItStarts() throws IOException {
        Result result = cairn("hello\n", "run", "-i", "busybox", "cat");
        assertThat(calls)
                .containsExactly(
                        "POST /containers/create",
                        "POST /containers/ID/attach",
                        "POST /containers/ID/wait",
                        "POST /containers/ID/start");
        assertThat(result).isEqualTo(new Result(42, "HELLO\n", "WARNING: careful\nbye\n"));
    }

    @Test
    void inTheBackgroundOnlyTheIdIsPrinted() throws IOException {
        Result result = cairn("", "run", "-d", "busybox");
        assertThat(calls).containsExactly("POST /containers/create", "POST /containers/ID/start");
        assertThat(result.out()).isEqualTo(ID + "\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void aCommandThatIsNotFoundGives127() throws IOException {
        startFault = "exec: \"nosuch\": executable file not found in $PATH: unknown";
        Result result = cairn("", "run", "busybox", "nosuch");
        assertThat(result.err())
                .contains("cairn: Error response from daemon: " + startFault
                        + "\n\nRun 'cairn run --help' for more information");
        assertThat(result.status()).isEqualTo(127);
    }

    @Test
    void aCommandThatCannotBeExecutedGives126AndAnyOtherFault125() throws IOException {
        startFault = "exec: \"/etc\": permission denied: unknown";
        assertThat(cairn("", "run", "busybox", "/etc").status()).isEqualTo(126);
        startFault = "no space left on device";
        assertThat(cairn("", "run", "-d", "busybox").status()).isEqualTo(125);
    }

    @Test
    void aMissingImageIsPulledAndTheRegistrysAnswerShown() throws IOException {
        imageMissing = true;
        Result result = cairn("", "run", "nosuch");
        assertThat(calls).containsExactly("POST /containers/create", "POST /images/create");
        assertThat(result.err())
                .startsWith("Unable to find image 'nosuch:latest' locally\n"
                        + "cairn: Error response from daemon: pull access denied for nosuch\n");
        assertThat(result.status()).isEqualTo(125);
        calls.clear();
        assertThat(cairn("", "run", "--pull", "never", "nosuch").err())
                .startsWith("cairn: Error response from daemon: No such image: nosuch:latest\n");
        assertThat(calls).containsExactly("POST /containers/create");
    }
}
