package cairn.wire.http;

import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Exactly one of {@code respond}, {@code stream} and {@code hijack} is called; whatever was left
 * open is closed when the handler returns. Used by the handler's thread, except that a stream may be written by others.
 */
public final class Exchange {
    private static final byte[] NO_BYTES = {};

    private final Connection connection;
    private final RequestHead head;
    private final RequestBody body;
    private final StringBuilder headers = new StringBuilder();
    private boolean committed;
    private boolean keepAlive;
    private @Nullable OutputStream stream;

    Exchange(Connection connection, RequestHead head, RequestBody body) {
        this.connection = connection;
        this.head = head;
        this.body = body;
        this.keepAlive = head.keepAlive();
    }

    public String method() {
        return head.method();
    }

    /** The path, percent-decoded and without the query. */
    public String path() {
        return head.path();
    }

    public Query query() {
        return head.query();
    }

    /** The first value of a request header, whatever the case of its name. */
    public @Nullable String header(String name) {
        return head.header(name);
    }

    public boolean hasBody() {
        return head.hasBody();
    }

    /** The length of the body, or -1 when it is sent in chunks. */
    public long contentLength() {
        return head.contentLength();
    }

    /** The body, from the socket as it is read; empty when there is none. Unread bytes are skipped afterwards. */
    public InputStream body() {
        return body;
    }

    /**
     * The body as a record, at most {@link Json#BODY_LIMIT} bytes.
     *
     * @throws JsonException when it is empty, too large, no JSON, or announced as something else
     */
    public <T> T json(Class<T> type) throws IOException {
        String contentType = header("Content-Type");
        if (contentType != null && !isJson(contentType)) {
            throw new JsonException(
                    "unsupported Content-Type header (" + contentType + "): must be 'application/json'");
        }
        connection.hurry();
        try {
            return Json.read(type, body, Json.BODY_LIMIT);
        } finally {
            connection.takeTime();
        }
    }

    private static boolean isJson(String contentType) {
        int semicolon = contentType.indexOf(';');
        String media = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
        return media.strip().toLowerCase(Locale.ROOT).equals("application/json");
    }

    /** Adds a header to the reply; line breaks in the value are not possible. */
    public void addHeader(String name, String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("line break in header " + name);
        }
        headers.append(name).append(": ").append(value).append("\r\n");
    }

    /** A reply without a body: 204, 304, or an empty 200 or 201. */
    public void respond(int status) throws IOException {
        boolean bodiless = status == 204 || status == 304;
        send(status, bodiless ? null : "Content-Length: 0\r\n", NO_BYTES);
    }

    /** A JSON reply; like Docker's it ends with a line feed. */
    public void respond(int status, Object json) throws IOException {
        byte[] document = Json.write(json);
        byte[] line = Arrays.copyOf(document, document.length + 1);
        line[document.length] = '\n';
        respond(status, "application/json", line);
    }

    /** As {@link #respond(int, Object)} does a list of elements that are JSON already. */
    public void respondList(int status, List<byte[]> elements) throws IOException {
        int length = elements.stream().mapToInt(element -> element.length + 1).sum();
        ByteBuffer line = ByteBuffer.allocate(Math.max(length, 1) + 2);
        char before = '[';
        for (byte[] element : elements) {
            line.put((byte) before).put(element);
            before = ',';
        }
        if (elements.isEmpty()) {
            line.put((byte) '[');
        }
        line.put((byte) ']').put((byte) '\n');
        respond(status, "application/json", line.array());
    }

    public void respond(int status, String contentType, byte[] bytes) throws IOException {
        send(status, "Content-Type: " + contentType + "\r\nContent-Length: " + bytes.length + "\r\n", bytes);
    }

    private void send(int status, @Nullable String entity, byte[] bytes) throws IOException {
        byte[] reply = commit(status, entity == null ? "" : entity);
        boolean silent = head.method().equals("HEAD");
        connection.out().write(ByteBuffer.wrap(reply), ByteBuffer.wrap(silent ? NO_BYTES : bytes));
    }

    /**
     * A reply of unknown length. The head is on its way when this returns, and each write goes out at once as a chunk. Safe to
     * write from several threads.
     */
    public OutputStream stream(int status, String contentType) throws IOException {
        String coding = head.isHttp11() ? "Transfer-Encoding: chunked\r\n" : "";
        keepAlive &= head.isHttp11();
        connection.out().write(commit(status, "Content-Type: " + contentType + "\r\n" + coding));
        OutputStream out;
        if (head.method().equals("HEAD")) {
            out = OutputStream.nullOutputStream();
        } else {
            out = head.isHttp11() ? new ChunkedOutput(connection.out()) : connection.out();
        }
        stream = out;
        return out;
    }

    /** The protocol that the client asks to upgrade to, such as tcp or h2c, or null. */
    public @Nullable String upgrade() {
        return head.upgrade();
    }

    /**
     * Turns the connection into a raw two-way stream: with 101 when the client asked for an upgrade, else with 200. The head
     * goes out in a write of its own, because clients read past it otherwise. The stream is closed when the handler returns.
     */
    public Duplex hijack(String contentType) throws IOException {
        if (!body.drain(Json.BODY_LIMIT)) {
            throw new MalformedRequestException(413, "request body is too large");
        }
        keepAlive = false;
        String upgrade = head.upgrade();
        if (upgrade == null) {
            connection.out().write(head("200 OK", "Content-Type: " + contentType + "\r\n"));
        } else {
            String fields = "Content-Type: " + contentType + "\r\nConnection: Upgrade\r\nUpgrade: " + upgrade + "\r\n";
            connection.out().write(head("101 UPGRADED", fields));
        }
        return connection.duplex();
    }

    /**
     * Runs an action, once and on another thread, if the client goes away before the handler returns. Also tells of a client
     * that half-closes, as such a client wants no more. Only after the body has been read.
     */
    public void onDisconnect(Runnable action) throws IOException {
        if (!body.drain(Json.BODY_LIMIT)) {
            throw new MalformedRequestException(413, "request body is too large");
        }
        connection.watch(action);
    }

    public boolean committed() {
        return committed;
    }

    private byte[] commit(int status, String entity) {
        // A body that the client holds back for a 100 will never come now, or does at a time of its own choosing.
        keepAlive &= !body.answered();
        return head(status + " " + Reason.of(status), entity + (keepAlive ? "" : "Connection: close\r\n"));
    }

    private byte[] head(String status, String entity) {
        if (committed) {
            throw new IllegalStateException("the request has been answered already");
        }
        committed = true;
        String text = "HTTP/1.1 " + status + "\r\n" + connection.banner() + headers + entity + "\r\n";
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Ends the reply; true when the connection can take another request. */
    boolean finish() throws IOException {
        if (stream instanceof ChunkedOutput chunked) {
            chunked.close();
        }
        return keepAlive && body.drain(Connection.SKIPPED_BODY);
    }
}
