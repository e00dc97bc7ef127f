package cairn.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that answers each path with whatever bytes it was told to, and remembers what it was asked. */
public final class LyingRegistry implements AutoCloseable {
    /** What goes over the wire: head and body, as they are. The connection is closed after it. */
    public interface Reply {
        void to(OutputStream out) throws IOException;
    }

    /** The first byte of a TLS handshake. */
    private static final int TLS = 0x16;

    private final ServerSocket socket;
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();

    public LyingRegistry() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("lying-registry").start(this::serve);
    }

    /** {@code 127.0.0.1:PORT}. */
    public String host() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** Answers this path from now on, whatever its query; all others with 404. */
    public void answer(String path, Reply reply) {
        replies.put(path, reply);
    }

    public void clear() {
        replies.clear();
        asked.clear();
    }

    /** Request lines and headers so far, one request each. */
    public List<String> asked() {
        return List.copyOf(asked);
    }

    /** An honest head with these lines, and a body. */
    public static Reply reply(String status, byte[] body, String... headers) {
        return out -> {
            out.write(("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + body.length + "\r\n"
                            + lines(headers) + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
        };
    }

    /** Any text in place of HTTP. */
    public static Reply raw(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String lines(String... headers) {
        StringBuilder text = new StringBuilder();
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.toString();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                Thread.ofVirtual().start(() -> answer(connection));
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void answer(Socket connection) {
        try (connection) {
            connection.setSoTimeout(10_000);
            PushbackInputStream bytes = new PushbackInputStream(connection.getInputStream());
            int first = bytes.read();
            if (first < 0 || first == TLS) {
                // Whoever tries TLS first is told at once that there is none.
                return;
            }
            bytes.unread(first);
            BufferedReader in = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.ISO_8859_1));
            List<String> head = new ArrayList<>();
            for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                head.add(line);
            }
            if (head.isEmpty()) {
                return;
            }
            asked.add(String.join("\n", head).toLowerCase(Locale.ROOT));
            String[] words = head.getFirst().split(" ");
            Reply reply = found(words[1].split("\\?")[0]);
            reply.to(connection.getOutputStream());
            connection.getOutputStream().flush();
        } catch (IOException e) {
            // The client has gone: it does not want to hear more.
        }
    }

    private Reply found(String path) {
        Reply reply = replies.get(path);
        return reply != null ? reply : reply("404 Not Found", new byte[0]);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
