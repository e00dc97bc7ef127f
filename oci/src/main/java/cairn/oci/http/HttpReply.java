package cairn.oci.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/** A reply whose body is still on its way. It has to be closed; its connection is kept for the next request where the body was read. */
public final class HttpReply implements AutoCloseable {
    /** The most that is read, and how long, to spare a connection whose reply nobody wants to see. */
    private static final int DRAIN = 64 << 10;

    /** Bytes that have to come within the time for idle servers. */
    private static final int SLOWEST = 1 << 10;

    private static final Duration DRAIN_TIME = Duration.ofSeconds(1);

    private final URI uri;
    private final ClassicHttpResponse head;
    private final HttpConnection connection;
    private final InputStream body;
    private final long length;
    private final HttpClient client;
    private long got;
    private long waited;
    private long gotMeanwhile;
    private boolean ended;
    private boolean closed;

    HttpReply(
            URI uri,
            ClassicHttpResponse head,
            HttpConnection connection,
            InputStream body,
            long length,
            HttpClient client) {
        this.uri = uri;
        this.head = head;
        this.connection = connection;
        this.body = body;
        this.length = length;
        this.client = client;
        this.ended = length == 0;
    }

    /** What was asked for. */
    public URI uri() {
        return uri;
    }

    public int status() {
        return head.getCode();
    }

    /** {@code 404 Not Found}. */
    public String statusLine() {
        String reason = head.getReasonPhrase();
        return reason == null || reason.isEmpty() ? Integer.toString(status()) : status() + " " + reason;
    }

    /** The first header of that name. */
    public @Nullable String header(String name) {
        Header header = head.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    public List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        for (Header header : head.getHeaders(name)) {
            values.add(header.getValue() == null ? "" : header.getValue());
        }
        return values;
    }

    /** Bytes of the body; -1 where its end shows only when it comes. */
    public long length() {
        return length;
    }

    /** Who sent it; null where it came through a proxy, which alone knows. */
    public @Nullable InetAddress peer() {
        return connection.address();
    }

    /** As {@link InputStream#read(byte[], int, int)}; reads straight from the socket where {@code size} is large. */
    public int read(byte[] bytes, int offset, int size) throws HttpFailure {
        if (ended) {
            return -1;
        }
        long begin = System.nanoTime();
        try {
            int read = body.read(bytes, offset, size);
            keepPace(System.nanoTime() - begin, read);
            got += Math.max(read, 0);
            ended = read < 0 || got == length;
            return read;
        } catch (HttpFailure e) {
            throw e;
        } catch (SocketTimeoutException e) {
            throw new HttpFailure(HttpFailure.Kind.BROKEN, "i/o timeout while reading body", e);
        } catch (IOException e) {
            throw new HttpFailure(HttpFailure.Kind.BROKEN, "unexpected EOF: " + e.getMessage(), e);
        }
    }

    /** A byte now and then would hold a caller for ever. Only time that is spent waiting counts, not what the caller does in between. */
    private void keepPace(long nanos, int read) throws HttpFailure {
        waited += nanos;
        gotMeanwhile += read;
        if (waited > client.timeouts().idle().toNanos()) {
            if (gotMeanwhile < SLOWEST && read >= 0) {
                throw new HttpFailure(
                        HttpFailure.Kind.BROKEN,
                        "the server sends less than " + SLOWEST + " bytes in "
                                + client.timeouts().idle().toSeconds() + " s");
            }
            waited = 0;
            gotMeanwhile = 0;
        }
    }

    /**
     * All of a small body.
     *
     * @throws HttpFailure PROTOCOL where it is larger than {@code limit}, BROKEN where it takes too long
     */
    public byte[] bytes(int limit) throws HttpFailure {
        if (length > limit) {
            throw new HttpFailure(HttpFailure.Kind.PROTOCOL, "body has " + length + " bytes, more than " + limit);
        }
        byte[] bytes = start(limit + 1, client.timeouts().whole());
        if (bytes.length > limit) {
            throw new HttpFailure(HttpFailure.Kind.PROTOCOL, "body has more than " + limit + " bytes");
        }
        return bytes;
    }

    /** The first bytes of a body; what comes after them is of no interest. */
    public byte[] start(int limit) throws HttpFailure {
        return start(limit, client.timeouts().whole());
    }

    private byte[] start(int limit, Duration time) throws HttpFailure {
        byte[] bytes = new byte[(int) Math.min(limit, length > 0 ? length : 8 << 10)];
        int size = 0;
        long end = System.nanoTime() + time.toNanos();
        while (size < limit && !ended) {
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(limit, size * 2));
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new HttpFailure(HttpFailure.Kind.BROKEN, "body took longer than " + time.toSeconds() + " s");
            }
            connection.waitAtMost(Duration.ofNanos(left));
            int read = read(bytes, size, bytes.length - size);
            size += Math.max(read, 0);
        }
        connection.waitAtMost(client.timeouts().idle());
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    /** Gives the connection back, or ends it where more of the body is to come than is worth reading. May be called again. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ended && length <= DRAIN) {
            try {
                start(DRAIN, DRAIN_TIME);
            } catch (HttpFailure e) {
                ended = false;
            }
        }
        if (ended) {
            client.keep(connection, head);
        } else {
            connection.end();
        }
    }

    /** Ends the connection at once; what reads from it in another thread fails. */
    public void abort() {
        closed = true;
        connection.end();
    }
}
