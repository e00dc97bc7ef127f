package cairn.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attaching over a websocket, and of several clients at once. */
@Timeout(60)
final class WebSocketIT {
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private static TestDaemon daemon;
    private static DockerCli docker;

    @BeforeAll
    static void start() {
        daemon = TestDaemon.fresh();
        docker = daemon.docker();
        Images.importBusybox(daemon, "box");
    }

    @AfterAll
    static void end() {
        daemon.close();
    }

    @AfterEach
    void removeAll() {
        daemon.removeContainers();
    }

    /** A client's end, by hand: nothing of Cairn stands on both sides. */
    private static final class Client implements AutoCloseable {
        private final SocketChannel channel;
        private final String head;

        Client(String path) {
            try {
                channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(UnixDomainSocketAddress.of(daemon.socket()));
                // Key and answer are those of RFC 6455, section 1.3.
                send(String.join(
                                "\r\n",
                                "GET " + path + " HTTP/1.1",
                                "Host: docker",
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Origin: http://docker",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                "",
                                "")
                        .getBytes(StandardCharsets.US_ASCII));
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                while (!read.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                    read.write(one());
                }
                head = read.toString(StandardCharsets.US_ASCII);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void send(byte[] bytes) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        private int one() throws IOException {
            return bytes(1)[0] & 0xff;
        }

        private byte[] bytes(int count) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(count);
            while (buffer.hasRemaining()) {
                if (channel.read(buffer) < 0) {
                    throw new IOException("the end");
                }
            }
            return buffer.array();
        }

        void frame(int opcode, String text) {
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            byte[] frame = new byte[6 + payload.length];
            byte[] mask = {1, 2, 3, 4};
            frame[0] = (byte) (0x80 | opcode);
            frame[1] = (byte) (0x80 | payload.length);
            System.arraycopy(mask, 0, frame, 2, 4);
            for (int i = 0; i < payload.length; i++) {
                frame[6 + i] = (byte) (payload[i] ^ mask[i & 3]);
            }
            try {
                send(frame);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Whether the engine has closed the connection; waits for what it has to say instead. */
        boolean atEnd() {
            try {
                return channel.read(ByteBuffer.allocate(1)) < 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Text of frames of that kind, until it contains what is wanted. */
        String await(int opcode, String wanted) {
            StringBuilder text = new StringBuilder();
            try {
                boolean any = false;
                while (!any || !text.toString().contains(wanted)) {
                    int first = one();
                    int length = one();
                    if (length == 126) {
                        length = one() << 8 | one();
                    }
                    String payload = new String(bytes(length), StandardCharsets.UTF_8);
                    if ((first & 0xf) == opcode) {
                        text.append(payload);
                        any = true;
                    }
                }
            } catch (IOException e) {
                throw new AssertionError("«" + wanted + "» does not come, only: " + text, e);
            }
            return text.toString();
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void inputAndBothOutputsGoThrough() {
        docker.ok(
                "run",
                "-d",
                "-i",
                "--network",
                "none",
                "--name",
                "ws",
                "box",
                "sh",
                "-c",
                "while read a; do echo got $a; echo err $a >&2; done");
        try (Client client = new Client("/v1.41/containers/ws/attach/ws?stream=1&stdin=1&stdout=1&stderr=1")) {
            assertThat(client.head).startsWith("HTTP/1.1 101");
            assertThat(client.head.toLowerCase(Locale.ROOT))
                    .contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=");
            client.frame(BINARY, "one\n");
            client.await(BINARY, "got one");
            client.frame(BINARY, "two\n");
            client.await(BINARY, "err two");
            client.frame(PING, "there?");
            assertThat(client.await(PONG, "")).isEqualTo("there?");
            client.frame(CLOSE, "\003\350");
            client.await(CLOSE, "");
        }
        // Both outputs are in the log; the container goes on.
        assertThat(docker.ok("logs", "ws")).isEqualTo("got one\ngot two");
        assertThat(docker.inspect("ws", "{{.State.Status}}")).isEqualTo("running");
    }

    @Test
    void logsComeFirstAndTheEndIsAClose() {
        docker.ok(
                "run",
                "-d",
                "--network",
                "none",
                "--name",
                "told",
                "box",
                "sh",
                "-c",
                "echo before; sleep 2; echo after");
        Wait.until(
                Command.PATIENCE,
                () -> "its output",
                () -> docker.ok("logs", "told").equals("before"));
        try (Client client = new Client("/containers/told/attach/ws?logs=1&stream=1&stdout=1")) {
            assertThat(client.await(BINARY, "after")).isEqualTo("before\nafter\n");
            client.await(CLOSE, "");
        }
    }

    @Test
    void whatIsNoWebsocketIsRefused() {
        docker.ok("create", "--name", "plain", "box", "true");
        assertThat(daemon.api().get("/containers/plain/attach/ws?stream=1").status())
                .isEqualTo(400);
        assertThat(daemon.api()
                        .request("GET", "/containers/nobody/attach/ws", Map.of("Upgrade", "websocket"), new byte[0])
                        .status())
                .isEqualTo(404);
    }

    /** Whoever says that he goes is let go, although the container goes on and has nothing to say. */
    @Test
    void aCloseEndsTheConnection() {
        docker.ok("run", "-d", "-i", "--network", "none", "--name", "quiet", "box", "cat");
        for (String streams : new String[] {"stdin=1&stdout=1", "stdout=1"}) {
            try (Client client = new Client("/v1.47/containers/quiet/attach/ws?stream=1&" + streams)) {
                client.frame(PING, "there?");
                assertThat(client.await(PONG, "")).isEqualTo("there?");
                client.frame(CLOSE, "\003\350");
                client.await(CLOSE, "");
                assertThat(client.atEnd()).isTrue();
            }
        }
        assertThat(docker.inspect("quiet", "{{.State.Status}}")).isEqualTo("running");
    }

    /** Before API 1.42 nobody was asked which of them. */
    @Test
    void allStreamsAreThereForOldClients() {
        docker.ok("run", "-d", "-i", "--network", "none", "--name", "old", "box", "sh", "-c", "cat >&2");
        try (Client client = new Client("/v1.41/containers/old/attach/ws?stream=1")) {
            client.frame(BINARY, "told\n");
            client.await(BINARY, "told");
        }
    }

    @Test
    void keysThatAreNoneAreRefused() {
        docker.ok("create", "-i", "--network", "none", "--name", "keys", "box", "cat");
        for (String way : new String[] {"attach/ws?stream=1&", "attach?stream=1&", "attach?"}) {
            var refused = daemon.api()
                    .request(
                            way.startsWith("attach/ws") ? "GET" : "POST",
                            "/containers/keys/" + way + "stdout=1&detachKeys=bogus-x",
                            Map.of(),
                            new byte[0]);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.text()).contains("Invalid detach keys (bogus-x) provided");
        }
    }

    @Test
    void severalClientsSeeTheSame() {
        docker.ok("run", "-d", "-i", "--network", "none", "--name", "shared", "box", "cat");
        try (Command one = docker.start("attach", "shared");
                Command two = docker.start("attach", "--no-stdin", "shared");
                Client three = new Client("/containers/shared/attach/ws?stream=1&stdin=1&stdout=1")) {
            Wait.pause(java.time.Duration.ofMillis(300));
            one.write("from one\n");
            one.awaitOutput("from one");
            two.awaitOutput("from one");
            three.await(BINARY, "from one");
            three.frame(BINARY, "from three\n");
            one.awaitOutput("from three");
            two.awaitOutput("from three");
        }
        assertThat(docker.ok("logs", "shared")).isEqualTo("from one\nfrom three");
    }

    @Test
    void detachKeysLeaveTheContainerRunning() {
        docker.ok("run", "-dit", "--network", "none", "--name", "tty", "box", "sh");
        try (Command attached = docker.terminal("attach", "--detach-keys", "ctrl-x,d", "tty")) {
            Wait.pause(java.time.Duration.ofMillis(500));
            attached.write("echo $((6*7))\r");
            attached.awaitOutput("42");
            attached.write("\030d");
            attached.await();
        }
        // The client sees to its own keys; whoever sends them on is detached here, also if they come one by one.
        try (Client client = new Client("/containers/tty/attach/ws?stream=1&stdin=1&stdout=1&detachKeys=ctrl-x,d")) {
            client.frame(BINARY, "\030");
            Wait.pause(java.time.Duration.ofMillis(200));
            client.frame(BINARY, "d");
            client.await(CLOSE, "");
        }
        assertThat(docker.inspect("tty", "{{.State.Status}}")).isEqualTo("running");
        assertThat(docker.ok(
                        "events",
                        "--since",
                        "60s",
                        "--until=-1s",
                        "--filter",
                        "event=detach",
                        "--format",
                        "{{.Action}}"))
                .isEqualTo("detach");
    }
}
