package cairn.oci.registry;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A server that answers each request with whatever bytes its script writes, and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {
    /** @param headers with names in lower case */
    record Request(String method, String target, Map<String, String> headers, byte[] body) {
        String line() {
            return method + " " + target;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** A record's first byte (RFC 8446, section 5.1). */
    private static final int TLS_HANDSHAKE = 22;

    interface Script {
        void answer(Request request, Answer out) throws Exception;
    }

    /** The server's end of a connection. */
    static final class Answer {
        private final OutputStream out;
        private boolean closed;

        Answer(OutputStream out) {
            this.out = out;
        }

        /** A whole reply; {@code headers} are lines without their ends. */
        void reply(String status, byte[] body, String... headers) throws IOException {
            head(status, append(headers, "Content-Length: " + body.length));
            bytes(body);
        }

        void reply(String status, String body, String... headers) throws IOException {
            reply(status, body.getBytes(StandardCharsets.UTF_8), headers);
        }

        void head(String status, String... headers) throws IOException {
            raw("HTTP/1.1 " + status + "\r\n" + String.join("\r\n", headers) + (headers.length > 0 ? "\r\n" : "")
                    + "\r\n");
        }

        void raw(String text) throws IOException {
            bytes(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void bytes(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** A body in one chunk, with its end. */
        void chunked(byte[] body, String... headers) throws IOException {
            head("200 OK", append(headers, "Transfer-Encoding: chunked"));
            raw(Integer.toHexString(body.length) + "\r\n");
            bytes(body);
            raw("\r\n0\r\n\r\n");
        }

        void close() {
            closed = true;
        }

        private static String[] append(String[] headers, String more) {
            List<String> all = new ArrayList<>(List.of(headers));
            all.add(more);
            return all.toArray(String[]::new);
        }
    }

    private final ServerSocket socket;
    private final Script script;
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean silent;
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    ScriptedServer(Script script) {
        this("127.0.0.1", script);
    }

    ScriptedServer(String address, Script script) {
        try {
            this.socket = new ServerSocket(0, 50, InetAddress.ofLiteral(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.script = script;
        Thread.ofVirtual().start(this::accept);
    }

    /** From now on it does not hang up on a TLS handshake, but waits for the end of its first line. */
    ScriptedServer silentToTls() {
        silent = true;
        return this;
    }

    String host() {
        return socket.getInetAddress().getHostAddress() + ":" + socket.getLocalPort();
    }

    String url(String path) {
        return "http://" + host() + path;
    }

    List<Request> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /** How many requests have been answered so far, with the one that is being answered. */
    int count() {
        return requests.size();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connection.setTcpNoDelay(true);
                open.add(connection);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket connection) {
        try (connection;
                InputStream in = new BufferedInputStream(connection.getInputStream())) {
            Answer answer = new Answer(connection.getOutputStream());
            in.mark(1);
            if (in.read() == TLS_HANDSHAKE) {
                // Plain HTTP is all that is spoken here.
                if (silent) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                return;
            }
            in.reset();
            while (!answer.closed) {
                Request request = read(in);
                if (request == null) {
                    return;
                }
                requests.add(request);
                script.answer(request, answer);
            }
        } catch (Exception e) {
            // the client went away, or the script had enough
        }
    }

    private static Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null || !first.matches("[A-Z]+ \\S+ HTTP/1\\.1")) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        byte[] body = new byte[0];
        if (headers.containsKey("content-length")) {
            body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
        } else if (headers.containsKey("transfer-encoding")) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                whole.write(in.readNBytes(size));
                line(in);
            }
            line(in);
            body = whole.toByteArray();
        }
        String[] words = first.split(" ");
        return new Request(words[0], words[1], headers, body);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > 100_000) {
                return null;
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
            synchronized (open) {
                for (Socket connection : open) {
                    connection.close();
                }
            }
        } catch (IOException e) {
            // closed is closed
        }
    }
}
