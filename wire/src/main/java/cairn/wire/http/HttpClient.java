package cairn.wire.http;

import cairn.wire.Json;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client for one unix socket. Connections are kept for the next request once a reply has been read to its end;
 * requests from several threads run side by side, each on its own.
 */
public final class HttpClient implements Closeable {
    private final Path socket;
    private final Deque<ClientConnection> idle = new ArrayDeque<>();
    private boolean closed;

    /** Nothing is connected yet. */
    public HttpClient(Path socket) {
        this.socket = socket;
    }

    /**
     * Sends a request whose body is a record, JSON as bytes, or none.
     *
     * @param target path and query, already encoded
     */
    public Reply send(String method, String target, @Nullable Object json) throws IOException {
        return send(method, target, Map.of(), json);
    }

    /** Like {@link #send(String, String, Object)}, with further headers. */
    public Reply send(String method, String target, Map<String, String> headers, @Nullable Object json)
            throws IOException {
        byte[] body = encoded(json);
        return exchange(method, connection -> connection.send(method, target, typed(headers, body), body));
    }

    /** Sends a request whose body is a stream of unknown length, in chunks. The stream is read to its end and not closed. */
    public Reply upload(String method, String target, Map<String, String> headers, InputStream body)
            throws IOException {
        ClientConnection connection = ClientConnection.open(socket);
        try {
            return connection.upload(method, target, headers, body, this::keep);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Asks for an upgrade to a raw stream.
     *
     * @return a reply with status 101, or another when the server refused; {@link Reply#duplex} is the stream
     */
    public Reply hijack(String target, @Nullable Object json) throws IOException {
        byte[] body = encoded(json);
        Map<String, String> headers = typed(Map.of("Connection", "Upgrade", "Upgrade", "tcp"), body);
        ClientConnection connection = ClientConnection.open(socket);
        try {
            connection.send("POST", target, headers, body);
            return connection.reply("POST", this::keep);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Bytes are JSON already: a command line that wants to start fast writes its own. */
    private static byte @Nullable [] encoded(@Nullable Object json) {
        return json == null || json instanceof byte[] ? (byte[]) json : Json.write(json);
    }

    private static Map<String, String> typed(Map<String, String> headers, byte @Nullable [] json) {
        if (json == null) {
            return headers;
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", "application/json");
        return all;
    }

    private interface Sending {
        void on(ClientConnection connection) throws IOException;
    }

    private Reply exchange(String method, Sending sending) throws IOException {
        ClientConnection connection = take();
        if (connection != null) {
            try {
                sending.on(connection);
            } catch (IOException e) {
                // The server closed it while it was idle; a unix socket tells so before it takes a byte.
                connection.close();
                connection = null;
            }
        }
        if (connection == null) {
            connection = ClientConnection.open(socket);
            sending.on(connection);
        }
        try {
            return connection.reply(method, this::keep);
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private synchronized @Nullable ClientConnection take() {
        return idle.poll();
    }

    private synchronized void keep(ClientConnection connection) {
        if (closed) {
            connection.close();
        } else {
            idle.push(connection);
        }
    }

    /** Closes the idle connections; replies in use stay usable. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(ClientConnection::close);
        idle.clear();
    }
}
