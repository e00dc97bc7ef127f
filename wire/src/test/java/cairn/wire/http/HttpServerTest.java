package cairn.wire.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.wire.IdResponse;
import cairn.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpServerTest {
    private static final String RAW = "application/vnd.docker.raw-stream";
    private static final ServerSettings SETTINGS = ServerSettings.of("1.2.3").withGroup(null);

    @TempDir
    Path directory;

    private HttpServer server;
    private final AtomicInteger handled = new AtomicInteger();

    private RawClient serve(Handler handler) throws IOException {
        return serve(SETTINGS, handler);
    }

    private RawClient serve(ServerSettings settings, Handler handler) throws IOException {
        server = HttpServer.open(directory.resolve("s.sock"), settings, exchange -> {
            handled.incrementAndGet();
            handler.handle(exchange);
        });
        return new RawClient(server.socket());
    }

    @AfterEach
    void close() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private static void echoPath(Exchange exchange) throws IOException {
        exchange.respond(200, "text/plain", (exchange.method() + " " + exchange.path()).getBytes(UTF_8));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderOnOneConnection() throws IOException {
        try (RawClient client = serve(HttpServerTest::echoPath)) {
            client.send(
                    "GET /one HTTP/1.1\r\nHost: d\r\n\r\nPOST /two%2Fthree?x=1 HTTP/1.1\r\nHost: d\r\nContent-Length: 3\r\n\r\nabc"
                            + "GET http://d/four HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");

            String reply = client.readAll();

            assertThat(reply)
                    .containsSubsequence("200 OK", "GET /one", "200 OK", "POST /two/three", "200 OK", "GET /four");
            assertThat(reply)
                    .contains("Api-Version: 1.51\r\n", "Ostype: linux\r\n", "Docker-Experimental: false\r\n")
                    .contains("Server: Docker/1.2.3 (linux)\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | GET / HTTP/1.1~~",
                "400 | GET / HTTP/1.1~Host: a~Host: b~~",
                "400 | POST / HTTP/1.1~Host: d~Content-Length: 3~Transfer-Encoding: chunked~~abc",
                "400 | POST / HTTP/1.1~Host: d~Content-Length: 3~Content-Length: 4~~abcd",
                "400 | POST / HTTP/1.1~Host: d~Content-Length: -3~~",
                "400 | POST / HTTP/1.1~Host: d~Content-Length: 0x3~~",
                "501 | POST / HTTP/1.1~Host: d~Transfer-Encoding: gzip~~",
                "501 | POST / HTTP/1.1~Host: d~Transfer-Encoding: gzip, chunked~~",
                "400 | GET /%zz HTTP/1.1~Host: d~~",
                "400 | GET /a%00b HTTP/1.1~Host: d~~",
                "400 | GET /?a=%4 HTTP/1.1~Host: d~~",
                "400 | get / HTTP/1.1~Host: d~~",
                "400 | GET nonsense HTTP/1.1~Host: d~~",
                "400 | GET /~Host: d~~",
                "400 | GET / HTTP/1.1~no colon here~~",
                "505 | GET / HTTP/2.0~Host: d~~",
                "400 | \u0016\u0003\u0001\u0002hello TLS~~"
            })
    void malformedHeadsAreRefusedWithoutReachingTheHandler(String status, String request) throws IOException {
        try (RawClient client = serve(HttpServerTest::echoPath)) {
            String reply = client.send(request.replace("~", "\r\n")).readAll();

            assertThat(reply).startsWith("HTTP/1.1 " + status + " ").contains("Connection: close", "{\"message\":\"");
            assertThat(handled).hasValue(0);
        }
    }

    @Test
    void aRequestCutShortIsNeverCarriedOut() throws IOException {
        try (RawClient client = serve(HttpServerTest::echoPath)) {
            String reply = client.send("DELETE /containers/abc HTTP/1.1\r\nHost: d\r\n")
                    .halfClose()
                    .readAll();

            assertThat(reply).startsWith("HTTP/1.1 400 ");
            assertThat(handled).hasValue(0);
        }
    }

    @Test
    void hugeHeadsAreRefused() throws IOException {
        try (RawClient client = serve(HttpServerTest::echoPath)) {
            client.send("GET /?" + "a".repeat(600_000) + " HTTP/1.1\r\nHost: d\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 431 ");
        }
        try (RawClient client = new RawClient(server.socket())) {
            client.send("GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(500) + "\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 431 ");
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void aSlowHeadIsRefusedAndAnIdleConnectionClosed() throws IOException {
        ServerSettings hasty = SETTINGS.withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
        try (RawClient client = serve(hasty, HttpServerTest::echoPath)) {
            assertThat(client.send("GET / HT").readAll()).startsWith("HTTP/1.1 400 ");
        }
        try (RawClient client = new RawClient(server.socket())) {
            assertThat(client.readAll()).isEmpty();
        }
    }

    @Test
    void aBodyThatNeverComesIsRefused() throws IOException {
        ServerSettings hasty = SETTINGS.withTimeouts(Duration.ofSeconds(9), Duration.ofSeconds(1));
        try (RawClient client = serve(hasty, exchange -> exchange.respond(200, exchange.json(IdResponse.class)))) {
            client.send("POST / HTTP/1.1\r\nHost: d\r\nContent-Length: 90\r\n\r\n{\"Id\":");
            assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void theHundredIsSentWhenTheBodyIsWanted() throws IOException {
        String request = "POST /%s HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        Handler handler = exchange -> {
            boolean wanted = exchange.path().equals("/wanted");
            byte[] body = wanted ? exchange.body().readAllBytes() : "refused".getBytes(UTF_8);
            exchange.respond(200, "text/plain", body);
        };
        try (RawClient client = serve(handler)) {
            client.send(request.formatted("wanted"));
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("hi");
            assertThat(client.readUntil("hi")).startsWith("HTTP/1.1 200 OK");

            client.send(request.formatted("unwanted"));
            assertThat(client.readAll())
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Connection: close")
                    .endsWith("refused");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bodiesComeIntoBuffersAndArraysAlike(boolean chunked) throws Exception {
        Random random = new Random(7);
        byte[] sent = new byte[3_000_000];
        random.nextBytes(sent);
        CompletableFuture<byte[]> got = new CompletableFuture<>();
        Handler reader = exchange -> {
            got.complete(readMixed(exchange.body(), new Random(8)));
            exchange.respond(200, "text/plain", new byte[0]);
        };
        try (RawClient client = serve(reader)) {
            client.send("POST / HTTP/1.1\r\nHost: d\r\n"
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + sent.length) + "\r\n\r\n");
            for (int done = 0; done < sent.length; ) {
                int n = Math.min(sent.length - done, random.nextInt(1, random.nextBoolean() ? 300 : 100_000));
                String part = new String(sent, done, n, ISO_8859_1);
                client.send(chunked ? Integer.toHexString(n) + "\r\n" + part + "\r\n" : part);
                done += n;
            }
            client.send(chunked ? "0\r\n\r\n" : "").send("GET /next HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll()).containsSubsequence("200 OK", "200 OK");
        }
        assertThat(got.get()).isEqualTo(sent);
    }

    private static byte[] readMixed(InputStream body, Random random) throws IOException {
        ReadableByteChannel channel = (ReadableByteChannel) body;
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        ByteBuffer direct = ByteBuffer.allocateDirect(200_000);
        byte[] array = new byte[50_000];
        for (boolean more = true; more; ) {
            direct.clear().position(random.nextInt(1000));
            direct.limit(direct.position() + random.nextInt(1, random.nextBoolean() ? 700 : 199_000));
            int start = direct.position();
            int n = random.nextInt(3) == 0 ? body.read(array, 100, random.nextInt(1, 40_000)) : -2;
            if (n >= 0) {
                got.write(array, 100, n);
            } else if (n == -2) {
                n = channel.read(direct);
                assertThat(direct.position()).isEqualTo(start + Math.max(n, 0));
                byte[] bytes = new byte[Math.max(n, 0)];
                direct.get(start, bytes);
                got.write(bytes);
            }
            more = n >= 0;
        }
        return got.toByteArray();
    }

    @Test
    void chunkedBodiesAreDecodedAndUnreadOnesSkipped() throws IOException {
        Handler handler = exchange -> {
            byte[] body = exchange.path().equals("/read") ? exchange.body().readAllBytes() : new byte[] {'-'};
            exchange.respond(200, "text/plain", body);
        };
        String chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n";
        try (RawClient client = serve(handler)) {
            client.send("POST /skip HTTP/1.1\r\nHost: d\r\n" + chunks);
            client.send("POST /read HTTP/1.1\r\nHost: d\r\nConnection: close\r\n" + chunks);

            assertThat(client.readAll()).containsSubsequence("200 OK", "\r\n\r\n-", "200 OK", "\r\n\r\nabc0123456789");
        }
    }

    @Test
    void brokenChunksAreRefused() throws IOException {
        try (RawClient client = serve(exchange -> exchange.respond(200, exchange.json(IdResponse.class)))) {
            client.send("POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void aStreamSendsItsHeadAtOnceAndEachWriteAsAChunk() throws Exception {
        LinkedBlockingQueue<String> words = new LinkedBlockingQueue<>();
        Handler handler = exchange -> {
            try (OutputStream out = exchange.stream(200, "application/json")) {
                for (String word = take(words); !word.isEmpty(); word = take(words)) {
                    out.write(word.getBytes(UTF_8));
                }
            }
        };
        try (RawClient client = serve(handler)) {
            client.send("GET /events HTTP/1.1\r\nHost: d\r\n\r\n");
            assertThat(client.readHead()).contains("Transfer-Encoding: chunked").doesNotContain("Content-Length");
            words.add("first");
            assertThat(client.readUntil("first\r\n")).isEqualTo("5\r\nfirst\r\n");
            words.addAll(List.of("second one", ""));
            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("a\r\nsecond one\r\n0\r\n\r\n");

            words.add("");
            client.send("GET /events HTTP/1.0\r\n\r\n");
            assertThat(client.readAll()).contains("Connection: close").doesNotContain("chunked");
        }
    }

    private static String take(LinkedBlockingQueue<String> words) throws IOException {
        try {
            return words.take();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void anUpgradeGets101AndBytesSentTogetherWithTheHead() throws IOException {
        Handler handler = exchange -> {
            Duplex duplex = exchange.hijack(RAW);
            byte[] all = duplex.input().readAllBytes();
            duplex.output().write(("got " + new String(all, UTF_8)).getBytes(UTF_8));
        };
        try (RawClient client = serve(handler)) {
            client.send(
                    "POST /attach HTTP/1.1\r\nHost: d\r\nConnection: keep-alive, Upgrade\r\nUpgrade: tcp\r\n\r\nearly ");
            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 101 UPGRADED\r\n")
                    .contains("Connection: Upgrade\r\nUpgrade: tcp\r\n", "Content-Type: " + RAW);
            client.send("late").halfClose();
            assertThat(client.readAll()).isEqualTo("got early late");
        }
        try (RawClient client = new RawClient(server.socket())) {
            client.send("POST /attach HTTP/1.1\r\nHost: d\r\nContent-Length: 2\r\n\r\n{}raw")
                    .halfClose();
            assertThat(client.readAll()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\ngot raw");
        }
    }

    /** A reader that blocks must not keep a writer of the same socket waiting, nor the other way round. */
    @Test
    void bothDirectionsOfARawStreamRunAtOnce() throws Exception {
        int size = 32 << 20;
        Handler handler = exchange -> {
            Duplex duplex = exchange.hijack(RAW);
            Thread reader = Thread.ofVirtual().start(() -> drain(duplex.input()));
            duplex.output().write("ready".getBytes(UTF_8)); // while the reader blocks
            duplex.output().write(new byte[size]);
            join(reader);
            duplex.output().write("end".getBytes(UTF_8));
        };
        try (RawClient client = serve(handler)) {
            client.send("POST / HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            client.readHead();
            assertThat(client.readUntil("ready")).isEqualTo("ready");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("x".repeat(size)).halfClose();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            String received = client.readAll();
            sender.join();
            assertThat(received).hasSize(size + 3).endsWith("end");
        }
    }

    private static void drain(InputStream in) {
        try {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aHandlerLearnsThatItsClientWentAway() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Handler handler = exchange -> {
            exchange.onDisconnect(left::countDown);
            exchange.stream(200, "text/plain");
            try {
                assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            ended.countDown();
        };
        RawClient client = serve(handler);
        client.send("POST /wait HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n")
                .readHead();
        assertThat(left.await(300, TimeUnit.MILLISECONDS)).isFalse();
        client.close();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRequestThatComesWhileTheLastIsWatchedIsServedNext() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger disconnects = new AtomicInteger();
        Handler handler = exchange -> {
            exchange.onDisconnect(disconnects::incrementAndGet);
            OutputStream out = exchange.stream(200, "text/plain");
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            out.write(exchange.path().getBytes(UTF_8));
        };
        try (RawClient client = serve(handler)) {
            client.send("GET /a HTTP/1.1\r\nHost: d\r\n\r\n").readHead();
            client.send("GET /b HTTP/1.1\r\nHost: d\r\n\r\n");
            Thread.sleep(100);
            go.countDown();
            assertThat(client.readUntil("0\r\n\r\n")).contains("/a");
            assertThat(client.readUntil("0\r\n\r\n")).contains("200 OK", "/b");
            assertThat(disconnects).hasValue(0);
        }
    }

    @Test
    void aFaultOfTheHandlerIsA500AndEndsTheConnection() throws IOException {
        try (RawClient client = serve(exchange -> {})) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: d\r\n\r\n").readAll())
                    .startsWith("HTTP/1.1 500 ")
                    .endsWith("{\"message\":\"internal error\"}\n");
        }
    }

    @Test
    void headRepliesHaveNoBodyAndBodilessStatusesNoLength() throws IOException {
        Handler handler = exchange -> {
            if (exchange.path().equals("/none")) {
                exchange.respond(204);
            } else {
                exchange.respond(200, "text/plain", "OK".getBytes(UTF_8));
            }
        };
        try (RawClient client = serve(handler)) {
            client.send("HEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n");
            assertThat(client.readHead()).contains("Content-Length: 2");
            client.send("POST /none HTTP/1.1\r\nHost: d\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 204 ").doesNotContain("Content-Length");
            client.send("GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nOK");
        }
    }

    @Test
    void theSocketIsPrivateToOwnerAndGroupAndGoneAfterClose() throws IOException {
        serve(HttpServerTest::echoPath).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())))
                .isEqualTo("rw-rw----");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(server.socket());
        }
        server.close();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLiveSocketIsRefusedAndAStaleOneReplaced() throws IOException {
        Path path = directory.resolve("s.sock");
        ServerSocketChannel first = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        first.bind(UnixDomainSocketAddress.of(path));
        assertThatThrownBy(() -> serve(HttpServerTest::echoPath))
                .isInstanceOf(SocketInUseException.class)
                .hasMessageContaining("is in use");
        first.close();
        assertThat(path).exists();

        try (RawClient client = serve(HttpServerTest::echoPath)) {
            client.send("GET /new HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
            assertThat(client.readAll()).endsWith("GET /new");
        }
    }

    @Test
    void anotherDaemonsSocketIsLeftInPlaceAndOtherFilesAreNotReplaced() throws IOException {
        serve(HttpServerTest::echoPath).close();
        Files.delete(server.socket());
        Files.writeString(server.socket(), "not a socket");
        server.close();
        assertThat(directory.resolve("s.sock")).hasContent("not a socket");
        assertThatThrownBy(() -> serve(HttpServerTest::echoPath)).hasMessageContaining("is not a socket");
    }

    @Test
    void aPathTooLongForASocketSaysSo() {
        Path deep = directory.resolve("d".repeat(120)).resolve("s.sock");
        assertThatThrownBy(() -> HttpServer.open(deep, SETTINGS, HttpServerTest::echoPath))
                .hasMessageContaining("too long");
    }

    @Test
    void aListOfEncodedElementsIsOneDocument() throws Exception {
        serve(
                        SETTINGS,
                        exchange -> exchange.respondList(
                                200,
                                Collections.nCopies(
                                        Integer.parseInt(exchange.path().substring(1)),
                                        Json.write(new IdResponse("a")))))
                .close();
        try (HttpClient client = new HttpClient(server.socket())) {
            for (int count = 0; count < 3; count++) {
                byte[] whole = client.send("GET", "/" + count, null).bytes();
                assertThat(new String(whole, UTF_8)).endsWith("]\n");
                assertThat(Json.readList(IdResponse.class, whole))
                        .isEqualTo(Collections.nCopies(count, new IdResponse("a")));
            }
        }
    }

    @Test
    void theClientReusesItsConnectionAndSurvivesItsLoss() throws Exception {
        Handler handler = exchange -> {
            if (exchange.path().equals("/bye")) {
                exchange.addHeader("X-Seen", String.valueOf(exchange.query().all("a")));
            }
            exchange.respond(200, new IdResponse(exchange.path()));
        };
        Duration idle = Duration.ofMillis(200);
        serve(SETTINGS.withTimeouts(idle, Duration.ofSeconds(5)), handler).close();
        try (HttpClient client = new HttpClient(server.socket())) {
            assertThat(client.send("GET", "/a", null).json(IdResponse.class).id())
                    .isEqualTo("/a");
            Thread.sleep(2500); // the server closes the idle connection meanwhile
            Reply reply = client.send("POST", "/bye?a=1&a=b+c", new IdResponse("x"));
            assertThat(reply.header("x-seen")).isEqualTo("[1, b c]");
            assertThat(reply.json(IdResponse.class).id()).isEqualTo("/bye");
        }
    }

    @Test
    void theClientUploadsHijacksAndReadsErrors() throws IOException {
        Handler handler = exchange -> {
            switch (exchange.path()) {
                case "/upload" ->
                    exchange.respond(
                            200,
                            new IdResponse(
                                    String.valueOf(exchange.body().transferTo(OutputStream.nullOutputStream()))));
                case "/refuse" -> exchange.respond(409, Map.of("message", "no room"));
                default -> {
                    assertThat(exchange.json(IdResponse.class).id()).isEqualTo("exec");
                    Duplex duplex = exchange.hijack(RAW);
                    duplex.input().transferTo(duplex.output());
                }
            }
        };
        serve(handler).close();
        try (HttpClient client = new HttpClient(server.socket())) {
            InputStream large = InputStream.nullInputStream();
            byte[] data = new byte[5_000_000];
            Reply upload = client.upload("PUT", "/upload", Map.of(), new java.io.ByteArrayInputStream(data));
            assertThat(upload.json(IdResponse.class).id()).isEqualTo("5000000");
            assertThat(client.upload("PUT", "/upload", Map.of(), large)
                            .json(IdResponse.class)
                            .id())
                    .isEqualTo("0");

            Reply refused = client.upload("PUT", "/refuse", Map.of(), new java.io.ByteArrayInputStream(data));
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.errorMessage()).isEqualTo("no room");

            Reply hijacked = client.hijack("/exec", new IdResponse("exec"));
            assertThat(hijacked.status()).isEqualTo(101);
            Duplex duplex = hijacked.duplex();
            duplex.output().write("there and back".getBytes(UTF_8));
            duplex.shutdownOutput();
            assertThat(new String(duplex.input().readAllBytes(), UTF_8)).isEqualTo("there and back");
        }
    }

    @Test
    void jsonBodiesMustBeAnnouncedAsSuch() throws IOException {
        Handler handler = exchange -> {
            try {
                exchange.respond(200, exchange.json(IdResponse.class));
            } catch (cairn.wire.JsonException e) {
                exchange.respond(400, Map.of("message", e.getMessage()));
            }
        };
        serve(handler).close();
        try (HttpClient client = new HttpClient(server.socket())) {
            assertThat(client.send("POST", "/", Map.of("Content-Type", "application/json; charset=utf-8"), null)
                            .errorMessage())
                    .isEqualTo("unexpected end of JSON input");
            Reply plain = client.upload(
                    "POST",
                    "/",
                    Map.of("Content-Type", "text/plain"),
                    new java.io.ByteArrayInputStream(Json.write(new IdResponse("a"))));
            assertThat(plain.errorMessage()).contains("unsupported Content-Type header (text/plain)");
        }
    }
}
