package cairn.oci.http;

import cairn.oci.http.HttpFailure.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.jspecify.annotations.Nullable;

/** Sends requests, each in the calling thread, and keeps connections for a while. Safe for several threads. */
public final class HttpClient implements AutoCloseable {
    private static final int MAX_IDLE = 16;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int MAX_INTERIM = 10;

    /** Connections are alike where these are. */
    record Key(Origin origin, TlsSettings tls) {}

    private final Timeouts timeouts;
    private final Connector connector;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<HttpConnection> idle = new ArrayDeque<>();
    private boolean sweeping;
    private boolean closed;

    public HttpClient(Timeouts timeouts, Proxies proxies) {
        this.timeouts = timeouts;
        this.connector = new Connector(timeouts, proxies);
    }

    public Timeouts timeouts() {
        return timeouts;
    }

    /**
     * Sends a request and reads the head of the reply. A kept connection that turns out to be dead costs another try; nothing else is tried
     * twice.
     */
    public HttpReply send(HttpRequest request) throws HttpFailure {
        try {
            return sent(request);
        } catch (HttpFailure e) {
            if (e.kind() == Kind.SOURCE) {
                throw e; // not the server's
            }
            throw new HttpFailure(e.kind(), name(request) + ": " + e.getMessage(), e);
        }
    }

    /** As Go's client names a request. The query is left out: signatures and states of uploads stand there. */
    private static String name(HttpRequest request) {
        String method =
                request.method().charAt(0) + request.method().substring(1).toLowerCase(Locale.ROOT);
        return method + " \"" + request.origin() + request.uri().getRawPath() + "\"";
    }

    private HttpReply sent(HttpRequest request) throws HttpFailure {
        Key key = new Key(request.origin(), request.tls());
        HttpConnection kept = kept(key, request);
        if (kept != null) {
            try {
                return exchange(kept, request);
            } catch (HttpFailure e) {
                // The server may have ended it just now. A body may be lost by then, so that is for the caller to
                // decide.
                if (e.kind() != Kind.BROKEN || request.body() != null) {
                    throw e;
                }
            }
        }
        return exchange(connector.connect(key, request.reach()), request);
    }

    private HttpReply exchange(HttpConnection connection, HttpRequest request) throws HttpFailure {
        boolean done = false;
        try {
            connection.waitAtMost(timeouts.idle());
            IOException unsent = write(connection, request);
            HttpReply reply = reply(connection, request, unsent);
            done = true;
            return reply;
        } catch (HttpException | MessageConstraintException e) {
            throw new HttpFailure(Kind.PROTOCOL, "malformed HTTP response: " + e.getMessage(), e);
        } catch (SocketTimeoutException e) {
            throw new HttpFailure(Kind.BROKEN, "net/http: timeout awaiting response headers", e);
        } catch (HttpFailure e) {
            throw e;
        } catch (IOException e) {
            throw new HttpFailure(Kind.BROKEN, brokenText(e), e);
        } finally {
            if (!done) {
                connection.end();
            }
        }
    }

    /** Returns why the body could not be sent to its end: the server may have answered before, and says more. */
    private @Nullable IOException write(HttpConnection connection, HttpRequest request)
            throws IOException, HttpException {
        RequestMessage message = new RequestMessage(request.method(), target(connection, request));
        message.addHeader("Host", request.origin().authority());
        Proxies.Proxy proxy = connection.proxy();
        if (proxy != null && proxy.authorization() != null) {
            message.addHeader("Proxy-Authorization", proxy.authorization());
        }
        request.headers().forEach(message::addHeader);
        HttpRequest.Body body = request.body();
        if (body != null && body.length() < 0) {
            message.addHeader("Transfer-Encoding", "chunked");
        } else if (body != null) {
            message.addHeader("Content-Length", Long.toString(body.length()));
        }
        connection.codec().sendRequestHeader(message);
        if (body == null) {
            connection.codec().flush();
            return null;
        }
        SentBody sent = new SentBody(body);
        message.setEntity(sent);
        Thread watch = sent.watch(connection, timeouts.idle());
        try {
            connection.codec().sendRequestEntity(message);
            connection.codec().flush();
            return null;
        } catch (IOException e) {
            if (!sent.connectionFailed()) {
                throw new HttpFailure(Kind.SOURCE, "cannot read what is to be sent: " + e.getMessage(), e);
            }
            return e;
        } finally {
            watch.interrupt();
        }
    }

    private HttpReply reply(HttpConnection connection, HttpRequest request, @Nullable IOException unsent)
            throws IOException, HttpException {
        if (unsent != null) {
            connection.waitAtMost(Duration.ofSeconds(1));
        } else if (request.body() != null) {
            connection.waitAtMost(timeouts.digested());
        }
        ClassicHttpResponse head;
        int interim = 0;
        try {
            do {
                head = connection.codec().receiveResponseHeader();
                if (head == null || ++interim > MAX_INTERIM || head.getCode() == 101) {
                    throw new HttpException("no final reply");
                }
            } while (head.getCode() < 200);
        } catch (IOException | HttpException e) {
            if (unsent != null) {
                throw unsent;
            }
            throw e;
        }
        if (unsent != null) {
            head.addHeader("Connection", "close");
        }
        connection.waitAtMost(timeouts.idle());
        int status = head.getCode();
        if (request.method().equals("HEAD") || status == 204 || status == 304) {
            return new HttpReply(request.uri(), head, connection, InputStream.nullInputStream(), 0, this);
        }
        long length = BodyLength.STRICT.determineLength(head);
        connection.codec().receiveResponseEntity(head);
        HttpEntity entity = head.getEntity();
        InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent();
        return new HttpReply(request.uri(), head, connection, in, length < 0 ? -1 : length, this);
    }

    /** The whole address where a proxy has to know where to (RFC 9112, 3.2.2). */
    private static String target(HttpConnection connection, HttpRequest request) {
        String path = request.uri().getRawPath();
        String query = request.uri().getRawQuery();
        return (connection.proxy() == null ? "" : request.origin().toString())
                + (path == null || path.isEmpty() ? "/" : path)
                + (query == null ? "" : "?" + query);
    }

    private static String brokenText(IOException e) {
        return e instanceof ConnectionClosedException || e instanceof EOFException
                ? "EOF"
                : String.valueOf(e.getMessage());
    }

    // ---- kept connections

    private @Nullable HttpConnection kept(Key key, HttpRequest request) {
        List<HttpConnection> dead = new ArrayList<>();
        HttpConnection found = null;
        lock.lock();
        try {
            for (Iterator<HttpConnection> i = idle.iterator(); i.hasNext() && found == null; ) {
                HttpConnection connection = i.next();
                if (connection.idleTime().compareTo(IDLE) > 0) {
                    i.remove();
                    dead.add(connection);
                } else if (connection.key().equals(key) && mayCarry(connection, request)) {
                    i.remove();
                    found = connection;
                }
            }
        } finally {
            lock.unlock();
        }
        dead.forEach(HttpConnection::end);
        if (found != null && found.idleTime().toMillis() > 500 && stale(found)) {
            found.end();
            return null;
        }
        return found;
    }

    private static boolean mayCarry(HttpConnection connection, HttpRequest request) {
        InetAddress address = connection.address();
        return address == null || request.reach().objection(address) == null;
    }

    private static boolean stale(HttpConnection connection) {
        try {
            return connection.codec().isStale();
        } catch (IOException e) {
            return true;
        }
    }

    /** Takes a connection back whose reply was read to its end. */
    void keep(HttpConnection connection, ClassicHttpResponse head) {
        boolean fit = connection.codec().isOpen()
                && connection.codec().isConsistent()
                && head.getVersion() != null
                && head.getVersion().greaterEquals(HttpVersion.HTTP_1_1)
                && !closes(head);
        lock.lock();
        try {
            if (fit && !closed && idle.size() < MAX_IDLE) {
                connection.idle();
                idle.addFirst(connection);
                sweepLater();
                return;
            }
        } finally {
            lock.unlock();
        }
        connection.end();
    }

    private static boolean closes(ClassicHttpResponse head) {
        for (Header header : head.getHeaders("Connection")) {
            if (header.getValue() != null
                    && header.getValue().toLowerCase(Locale.ROOT).contains("close")) {
                return true;
            }
        }
        return BodyLength.untilClose(head);
    }

    /** One virtual thread for as long as there is something to sweep: a daemon that pulls once must not hold sockets for ever. */
    private void sweepLater() {
        if (!sweeping) {
            sweeping = true;
            Thread.ofVirtual().name("registry-idle").start(this::sweep);
        }
    }

    private void sweep() {
        try {
            do {
                Thread.sleep(IDLE);
            } while (endOld());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether some are left. */
    private boolean endOld() {
        List<HttpConnection> old = new ArrayList<>();
        lock.lock();
        try {
            idle.removeIf(connection -> connection.idleTime().compareTo(IDLE) >= 0 && old.add(connection));
            sweeping = !idle.isEmpty();
            return sweeping;
        } finally {
            lock.unlock();
            old.forEach(HttpConnection::end);
        }
    }

    /** Ends what is idle; what is under way goes on, and is not kept. */
    @Override
    public void close() {
        List<HttpConnection> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(idle);
            idle.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(HttpConnection::end);
    }
}
