package cairn.wire.http;

import cairn.wire.ErrorResponse;
import cairn.wire.Json;
import cairn.wire.JsonException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.impl.io.IdentityInputStream;
import org.jspecify.annotations.Nullable;

/** A reply whose head has arrived. Closing it before its end gives up the connection. */
public final class Reply implements Closeable {
    /** Bytes of a document that is read as a whole. */
    private static final int DOCUMENT_LIMIT = 256 << 20;

    private final ClassicHttpResponse head;
    private final ClientConnection connection;
    private final @Nullable InputStream body;
    private final Consumer<ClientConnection> keep;
    private boolean done;

    Reply(
            ClassicHttpResponse head,
            ClientConnection connection,
            @Nullable InputStream body,
            Consumer<ClientConnection> keep) {
        this.head = head;
        this.connection = connection;
        this.body = body;
        this.keep = keep;
    }

    public int status() {
        return head.getCode();
    }

    public boolean isSuccess() {
        return status() / 100 == 2;
    }

    public @Nullable String header(String name) {
        Header header = head.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    /** The body as it arrives; a read returns what is there rather than wait for more. */
    public InputStream body() {
        if (body == null) {
            throw new IllegalStateException("the reply is a raw stream");
        }
        return body;
    }

    /** The whole body; frees the connection for the next request. */
    public byte[] bytes() throws IOException {
        InputStream in = body();
        byte[] bytes = in.readNBytes(DOCUMENT_LIMIT);
        if (in.read() >= 0) {
            close();
            throw new IOException("the daemon's reply is longer than " + DOCUMENT_LIMIT + " bytes");
        }
        release();
        return bytes;
    }

    /** The whole body as a record. */
    public <T> T json(Class<T> type) throws IOException {
        return Json.read(type, bytes());
    }

    /** What a reply with an error status says: its message, or its text when it is not JSON. */
    public String errorMessage() throws IOException {
        byte[] bytes = bytes();
        try {
            return Json.read(ErrorResponse.class, bytes).message();
        } catch (JsonException e) {
            return new String(bytes, StandardCharsets.UTF_8).strip();
        }
    }

    /** The raw stream after a 101, or after a 200 to a request for one. */
    public Duplex duplex() {
        done = true;
        return connection.duplex();
    }

    /** The body has been read to its end: its connection can serve again. */
    private void release() {
        if (!done) {
            done = true;
            String option = header("Connection");
            boolean endless = body instanceof IdentityInputStream;
            if (endless || "close".equalsIgnoreCase(option)) {
                connection.close();
            } else {
                keep.accept(connection);
            }
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            connection.close();
        }
    }
}
