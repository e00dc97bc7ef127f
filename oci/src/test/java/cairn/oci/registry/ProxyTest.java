package cairn.oci.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Digest;
import cairn.oci.Reference;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries under names that only a proxy knows. */
final class ProxyTest {
    private static final String NAME = "registry.test";

    @TempDir
    Path directory;

    /** Knows one name, and that it is this machine. */
    private static final class TestProxy implements Closeable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final boolean refusing;
        final List<String> heads = new CopyOnWriteArrayList<>();

        TestProxy(boolean refusing) throws IOException {
            this.refusing = refusing;
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try {
                        Socket client = socket.accept();
                        Thread.ofVirtual().start(() -> serve(client));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        String address() {
            return "http://me:p%40ss@127.0.0.1:" + socket.getLocalPort();
        }

        private void serve(Socket client) {
            try (client) {
                String head = head(client.getInputStream());
                heads.add(head);
                if (refusing) {
                    client.getOutputStream()
                            .write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    return;
                }
                String target = head.split(" ", 3)[1];
                boolean tunnel = head.startsWith("CONNECT ");
                String authority = tunnel ? target : URI.create(target).getAuthority();
                assertThat(authority).startsWith(NAME + ":");
                int port = Integer.parseInt(authority.substring(NAME.length() + 1));
                try (Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    if (tunnel) {
                        client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    } else {
                        server.getOutputStream()
                                .write(head.replace("http://" + authority, "").getBytes(StandardCharsets.US_ASCII));
                    }
                    Thread back = Thread.ofVirtual().start(() -> pass(server, client));
                    pass(client, server);
                    back.join();
                }
            } catch (IOException | InterruptedException e) {
                // The connection ends.
            }
        }

        private static String head(InputStream in) throws IOException {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("no head");
                }
                head.write(next);
            }
            return head.toString(StandardCharsets.US_ASCII);
        }

        private static void pass(Socket from, Socket to) {
            try {
                OutputStream out = to.getOutputStream();
                from.getInputStream().transferTo(out);
                to.shutdownOutput();
            } catch (IOException e) {
                // The connection ends.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Registries registries(ProxySettings proxies, String... insecure) {
        return MisbehaviourTest.impatient(new RegistrySettings(
                List.of(directory.resolve("certs")), List.of(), List.of(insecure), "test", proxies));
    }

    private static void roundTrip(Registries registries, String host) throws Exception {
        Repository repository =
                registries.repository(Reference.parseNormalized(host + "/some/where"), Credentials.ANONYMOUS);
        byte[] bytes = host.repeat(10_000).getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(bytes);
        repository.uploadBlob(digest, bytes.length, () -> new ByteArrayInputStream(bytes), at -> {});
        try (BlobStream blob = repository.blob(digest, bytes.length, 0)) {
            assertThat(blob.in().readAllBytes()).isEqualTo(bytes);
        }
    }

    private static String port(DockerRegistry registry) {
        return registry.host().substring(registry.host().lastIndexOf(':'));
    }

    @Test
    void tlsGoesThroughATunnelAndIsCheckedAtItsEnd() throws Exception {
        for (String command : List.of(
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.crt",
                "openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr",
                "openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names"
                        + " -out server.crt")) {
            Files.writeString(directory.resolve("names"), "subjectAltName=DNS:" + NAME);
            Process process = new ProcessBuilder(command.split(" "))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isZero();
        }
        String tls = "  tls: {certificate: %1$s/server.crt, key: %1$s/server.key}".formatted(directory);
        try (DockerRegistry registry = DockerRegistry.start(directory.resolve("registry"), tls, "");
                TestProxy proxy = new TestProxy(false)) {
            String host = NAME + port(registry);
            Path folder = Files.createDirectories(directory.resolve("certs").resolve(host));
            Files.copy(directory.resolve("ca.crt"), folder.resolve("ca.crt"));
            try (Registries behind = registries(new ProxySettings("", proxy.address(), ""))) {
                roundTrip(behind, host);
            }
            assertThat(proxy.heads)
                    .isNotEmpty()
                    .allMatch(head -> head.startsWith("CONNECT " + host + " HTTP/1.1\r\n"))
                    // me:p@ss
                    .allMatch(head -> head.contains("\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n"));
            Files.delete(folder.resolve("ca.crt"));
            try (Registries doubting = registries(new ProxySettings("", proxy.address(), ""))) {
                assertThatThrownBy(() -> roundTrip(doubting, host)).hasMessageContaining("x509");
            }
        }
    }

    @Test
    void withoutTlsTheProxyIsToldTheWholeAddress() throws Exception {
        try (DockerRegistry registry = DockerRegistry.plain(directory.resolve("registry"));
                TestProxy proxy = new TestProxy(false)) {
            String host = NAME + port(registry);
            try (Registries behind = registries(new ProxySettings(proxy.address(), proxy.address(), ""), host)) {
                roundTrip(behind, host);
            }
            assertThat(proxy.heads).isNotEmpty().anyMatch(head -> head.contains(" http://" + host + "/v2/"));
        }
    }

    @Test
    void loopbackAndExceptionsAreReachedDirectly() throws Exception {
        try (DockerRegistry registry = DockerRegistry.plain(directory.resolve("registry"));
                TestProxy proxy = new TestProxy(false)) {
            try (Registries behind = registries(new ProxySettings(proxy.address(), proxy.address(), ""))) {
                roundTrip(behind, registry.host());
            }
            for (String exception : List.of("*", NAME, ".test", "*.test", NAME + port(registry), "other, test")) {
                try (Registries direct = registries(
                        new ProxySettings(proxy.address(), proxy.address(), exception), NAME + port(registry))) {
                    assertThatThrownBy(() -> roundTrip(direct, NAME + port(registry)))
                            .as(exception)
                            .hasMessageContaining("no such host");
                }
            }
            for (String other : List.of("registry", NAME + ":1", ".registry.test", "10.0.0.0/8", "est")) {
                proxy.heads.clear();
                try (Registries behind =
                        registries(new ProxySettings(proxy.address(), proxy.address(), other), NAME + port(registry))) {
                    roundTrip(behind, NAME + port(registry));
                }
                assertThat(proxy.heads).as(other).isNotEmpty();
            }
        }
    }

    @Test
    void aRefusalNamesTheProxyAndNoPassword() throws Exception {
        try (TestProxy proxy = new TestProxy(true);
                Registries behind = registries(new ProxySettings("", proxy.address(), ""))) {
            Repository repository =
                    behind.repository(Reference.parseNormalized(NAME + "/some/where"), Credentials.ANONYMOUS);
            assertThatThrownBy(() -> repository.manifest("latest"))
                    .hasMessageContaining("proxy 127.0.0.1:" + proxy.socket.getLocalPort() + " refuses the way to "
                            + NAME + ":443: 407 Proxy Authentication Required")
                    .hasMessageNotContaining("p@ss");
        }
        assertThatThrownBy(() -> new ProxySettings("socks5://me:secret@h:1", "", ""))
                .hasMessageContaining("http://HOST:PORT")
                .hasMessageNotContaining("secret");
        assertThat(new ProxySettings("http://me:secret@h:1", "", "x").shown())
                .isEqualTo(new ProxySettings("http://xxxxx:xxxxx@h:1", "", "x"));
    }

    /** The proxy may stand on this machine; that is no reason to let those behind it lead to this machine. */
    @Test
    void whoIsBehindAProxyLeadsNobodyToThisMachine() throws Exception {
        HttpServer secret = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        List<String> asked = new CopyOnWriteArrayList<>();
        secret.createContext("/", exchange -> {
            asked.add(exchange.getRequestURI().toString());
            boolean led = exchange.getRequestURI().getPath().startsWith("/v2/");
            if (led) {
                exchange.getResponseHeaders()
                        .set(
                                "Location",
                                "http://127.0.0.1:" + secret.getAddress().getPort() + "/inner");
            }
            exchange.sendResponseHeaders(led ? 307 : 200, -1);
            exchange.close();
        });
        secret.start();
        try (TestProxy proxy = new TestProxy(false)) {
            String host = NAME + ":" + secret.getAddress().getPort();
            try (Registries behind = registries(new ProxySettings(proxy.address(), proxy.address(), ""), host)) {
                Repository repository =
                        behind.repository(Reference.parseNormalized(host + "/some/where"), Credentials.ANONYMOUS);
                assertThatThrownBy(() -> repository.manifest("latest")).hasMessageContaining("not on the Internet");
            }
            assertThat(asked).isNotEmpty().noneMatch(path -> path.startsWith("/inner"));
        } finally {
            secret.stop(0);
        }
    }
}
