package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.IdentityInputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.jspecify.annotations.Nullable;

/** The client's end of a connection; carries one request at a time. */
final class ClientConnection {
    private final SocketChannel channel;
    private final ChannelInput in;
    private final ChannelOutput out;
    private final SessionInputBufferImpl buffer =
            new SessionInputBufferImpl(Limits.BUFFER, Limits.CONFIG.getMaxLineLength());
    private final DefaultHttpResponseParser parser = new DefaultHttpResponseParser(Limits.CONFIG);

    private ClientConnection(SocketChannel channel) {
        this.channel = channel;
        this.in = new ChannelInput(channel);
        this.out = new ChannelOutput(channel);
    }

    static ClientConnection open(Path socket) throws IOException {
        return new ClientConnection(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void send(String method, String target, Map<String, String> headers, byte @Nullable [] body) throws IOException {
        byte[] bytes = body == null ? new byte[0] : body;
        boolean lengthless = body == null && (method.equals("GET") || method.equals("HEAD") || method.equals("DELETE"));
        String entity = lengthless ? "" : "Content-Length: " + bytes.length + "\r\n";
        out.write(head(method, target, headers, entity), ByteBuffer.wrap(bytes));
    }

    /** Sends the body, and notices when the server answers before it has read all of it. */
    Reply upload(
            String method,
            String target,
            Map<String, String> headers,
            InputStream body,
            Consumer<ClientConnection> keep)
            throws IOException {
        out.write(head(method, target, headers, "Transfer-Encoding: chunked\r\n"));
        ChunkedOutput chunks = new ChunkedOutput(out);
        byte[] bytes = new byte[32 << 10];
        boolean refused = false;
        for (int read = body.read(bytes); read >= 0 && !refused; read = body.read(bytes)) {
            try {
                chunks.write(bytes, 0, read);
            } catch (IOException e) {
                refused = true; // the server has said its last word, which is still to be read
            }
        }
        if (!refused) {
            chunks.close();
        }
        return reply(method, keep);
    }

    private static ByteBuffer head(String method, String target, Map<String, String> headers, String entity) {
        StringBuilder head = new StringBuilder(256);
        head.append(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: docker\r\nUser-Agent: Cairn-Client\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        String text = head.append(entity).append("\r\n").toString();
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads the head of the reply. */
    Reply reply(String method, Consumer<ClientConnection> keep) throws IOException {
        try {
            ClassicHttpResponse head;
            do {
                head = parser.parse(buffer, in);
                if (head == null || in.ended()) {
                    throw new IOException("the daemon closed the connection without a reply");
                }
            } while (head.getCode() == 100);
            return new Reply(head, this, body(method, head), keep);
        } catch (HttpException e) {
            throw new IOException("the daemon sent a malformed reply: " + e.getMessage(), e);
        }
    }

    private @Nullable InputStream body(String method, ClassicHttpResponse head) throws IOException {
        int status = head.getCode();
        if (status == 101) {
            return null;
        }
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        Header coding = head.getFirstHeader("Transfer-Encoding");
        if (coding != null) {
            return new WholeBody(new ChunkedInputStream(buffer, in, Limits.CONFIG));
        }
        Header length = head.getFirstHeader("Content-Length");
        return length == null
                ? new IdentityInputStream(buffer, in)
                : new WholeBody(new ContentLengthInputStream(buffer, in, length(length.getValue())));
    }

    private static long length(String value) throws IOException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IOException("the daemon sent a malformed reply: Content-Length " + value, e);
        }
    }

    Duplex duplex() {
        return new Duplex(channel, new BufferedRest(buffer, in), out);
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // closed is closed
        }
    }
}
