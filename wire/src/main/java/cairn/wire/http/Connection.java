package cairn.wire.http;

import cairn.wire.ErrorResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequestFactory;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.impl.io.ChunkedInputStream;
import org.apache.hc.core5.http.impl.io.ContentLengthInputStream;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.LazyLineParser;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: reads requests one after another and has each answered before it reads the next.
 *
 * <p>Deadlines need no timer of their own: the server looks at all connections now and then, and shuts the reading half of one
 * that is late. The reader then meets the end of the stream, which it has to handle anyway.
 */
final class Connection implements Runnable {
    /** Bytes of an unread body that are skipped to keep the connection; a longer rest costs the connection. */
    static final int SKIPPED_BODY = 1 << 20;

    private static final long NEVER = Long.MAX_VALUE;

    private final HttpServer server;
    private final SocketChannel channel;
    private final ChannelInput in;
    private final ChannelOutput out;
    private final SessionInputBufferImpl buffer =
            new SessionInputBufferImpl(Limits.BUFFER, Limits.CONFIG.getMaxLineLength());
    private final DefaultHttpRequestParser parser =
            new DefaultHttpRequestParser(Limits.CONFIG, LazyLineParser.INSTANCE, new VerbatimTarget());
    private final List<Runnable> onDisconnect = new CopyOnWriteArrayList<>();
    private @Nullable Thread watcher;
    private volatile boolean gone;
    private volatile boolean answering;
    private volatile long deadline = NEVER;

    Connection(HttpServer server, SocketChannel channel) {
        this.server = server;
        this.channel = channel;
        this.in = new ChannelInput(channel);
        this.out = new ChannelOutput(channel);
    }

    /** Keeps the target as the client sent it; the library's own factory would pass it through java.net.URI. */
    private static final class VerbatimTarget implements HttpRequestFactory<ClassicHttpRequest> {
        @Override
        public ClassicHttpRequest newHttpRequest(String method, String target) {
            ClassicHttpRequest request = new BasicClassicHttpRequest(method, (String) null);
            request.setPath(target);
            return request;
        }

        @Override
        public ClassicHttpRequest newHttpRequest(String method, URI target) {
            return newHttpRequest(method, target.toString());
        }
    }

    @Override
    public void run() {
        try {
            while (awaitRequest() && serve()) {
                answering = false;
            }
        } catch (IOException e) {
            // the client is gone, and its reply with it
        } finally {
            close();
            server.remove(this);
        }
    }

    private boolean awaitRequest() throws IOException {
        expire(server.settings().idle());
        joinWatcher();
        return buffer.hasBufferedData() || (!gone && buffer.fillBuffer(in) >= 0);
    }

    private boolean serve() throws IOException {
        Exchange exchange = null;
        try {
            RequestHead head = readHead();
            answering = true;
            RequestBody body = new RequestBody(bodyStream(head), in, out, head.expectsContinue() && head.hasBody());
            exchange = new Exchange(this, head, body);
            server.handler().handle(exchange);
            if (!exchange.committed()) {
                throw new IllegalStateException("no answer to " + head.method() + " " + head.path());
            }
            return exchange.finish();
        } catch (MalformedRequestException e) {
            refuse(exchange, e.status(), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            refuse(exchange, 500, "internal error");
            throw e;
        }
    }

    private RequestHead readHead() throws IOException {
        hurry();
        in.allow(Limits.HEAD);
        try {
            ClassicHttpRequest message = parser.parse(buffer, in);
            // The parser takes the end of the stream for the end of the head: half a request must not be carried out.
            if (message == null || in.ended()) {
                throw new MalformedRequestException(400, "request head is incomplete");
            }
            return RequestHead.check(message);
        } catch (MessageConstraintException e) {
            throw new MalformedRequestException(431, "request head is too large");
        } catch (HttpException e) {
            boolean large = e.getCause() instanceof MessageConstraintException;
            throw new MalformedRequestException(
                    large ? 431 : 400, large ? "request head is too large" : "malformed HTTP request");
        } catch (ConnectionClosedException e) {
            throw new MalformedRequestException(400, "request head is incomplete");
        } finally {
            in.allow(NEVER);
            takeTime();
        }
    }

    private InputStream bodyStream(RequestHead head) {
        return head.chunked()
                ? new ChunkedInputStream(buffer, in, Limits.CONFIG)
                : new ContentLengthInputStream(buffer, in, head.contentLength());
    }

    private void refuse(@Nullable Exchange exchange, int status, @Nullable String why) throws IOException {
        if (exchange == null) {
            RequestBody nothing = new RequestBody(InputStream.nullInputStream(), in, out, false);
            exchange = new Exchange(this, RequestHead.unreadable(), nothing);
        }
        if (!exchange.committed()) {
            exchange.respond(status, new ErrorResponse(String.valueOf(why)));
        }
        channel.shutdownOutput();
        linger();
    }

    /** Takes what the client is still sending, for a moment: closing on unread bytes could cost it the reply. */
    private void linger() throws IOException {
        expire(Duration.ofSeconds(2));
        byte[] scratch = new byte[8192];
        for (int left = SKIPPED_BODY; left > 0 && !in.ended(); ) {
            left -= Math.max(0, in.read(scratch, 0, scratch.length));
        }
    }

    ChannelOutput out() {
        return out;
    }

    String banner() {
        return server.banner();
    }

    /** The raw streams, beginning with what has been read ahead. */
    Duplex duplex() {
        return new Duplex(channel, new BufferedRest(buffer, in), out);
    }

    /** Watches the idle reading half. Bytes that arrive are the next request; they stay in the buffer for it. */
    void watch(Runnable action) {
        onDisconnect.add(action);
        if (gone) {
            action.run();
        } else if (watcher == null && !buffer.hasBufferedData()) {
            watcher = Thread.ofVirtual().name("http-watch").start(() -> {
                if (endsNext()) {
                    gone = true;
                    onDisconnect.forEach(Runnable::run);
                }
            });
        }
    }

    private boolean endsNext() {
        try {
            return buffer.fillBuffer(in) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** The watcher reads for the next request; only one thread may touch the buffer. */
    private void joinWatcher() throws IOException {
        onDisconnect.clear();
        Thread thread = watcher;
        if (thread != null) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            watcher = null;
        }
    }

    /** From now on the client has as long as for a head. */
    void hurry() {
        expire(server.settings().head());
    }

    void takeTime() {
        deadline = NEVER;
    }

    private void expire(Duration after) {
        deadline = System.nanoTime() + after.toNanos();
    }

    void endIfLate(long now) {
        long due = deadline;
        if (due != NEVER && now - due > 0) {
            try {
                channel.shutdownInput();
            } catch (IOException e) {
                close();
            }
        }
    }

    boolean answering() {
        return answering;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // closed is closed
        }
    }
}
