package cairn.cli.daemon;

import cairn.cli.CliException;
import cairn.cli.DaemonException;
import cairn.cli.show.Tree;
import cairn.cli.template.JsonText;
import cairn.wire.http.Duplex;
import cairn.wire.http.HttpClient;
import cairn.wire.http.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon's HTTP API, for several threads at once. Paths carry no version, which means the newest one that the daemon has;
 * answers are read as trees, so that this is not a risk. Nothing is connected before the first call.
 */
public final class Daemon {
    private static final int SWITCHING = 101;
    private static final int REFUSED = 400;

    /** The provider of channels, by name: to find it, the JDK would search all jars, a fifth of the time of {@code cairn ps}. */
    private static final String PROVIDER = "java.nio.channels.spi.SelectorProvider";

    private final Endpoint endpoint;
    private final PrintStream err;
    private final HttpClient client;
    private boolean started;

    public Daemon(Endpoint endpoint, PrintStream err) {
        this.endpoint = endpoint;
        this.err = err;
        if (System.getProperty(PROVIDER) == null) {
            System.setProperty(PROVIDER, "sun.nio.ch.EPollSelectorProvider");
        }
        this.client = new HttpClient(endpoint.socket());
    }

    private interface Exchange<T> {
        T run() throws IOException;
    }

    public Tree get(Query query) {
        return call("GET", query, null);
    }

    /** Without a body. */
    public Tree post(Query query) {
        return call("POST", query, null);
    }

    public Tree delete(Query query) {
        return call("DELETE", query, null);
    }

    public Tree call(String method, Query query, @Nullable Object body) {
        return call(method, query.toString(), body);
    }

    /**
     * One call with a JSON answer, or none.
     *
     * @param body a record or plain values, sent as JSON; null for no body
     * @throws DaemonException when the daemon refuses
     * @throws CliException when it cannot be reached
     */
    public Tree call(String method, String path, @Nullable Object body) {
        byte[] bytes = bytes(method, path, body);
        return bytes.length == 0 ? Tree.NOTHING : Tree.read(bytes);
    }

    /** The same with the answer as it is. */
    public byte[] bytes(String method, String path, @Nullable Object body) {
        return reached(() -> {
            try (Reply reply = client.send(method, path, encoded(body))) {
                check(reply);
                return reply.bytes();
            }
        });
    }

    /** An answer that comes in pieces; it has begun when this returns. The caller closes it, which ends the call. */
    public Reply open(String method, Query query, @Nullable Object body) {
        return open(method, query, Map.of(), body);
    }

    /** Like {@link #open(String, Query, Object)}, with further headers. */
    public Reply open(String method, Query query, Map<String, String> headers, @Nullable Object body) {
        return reached(() -> checked(client.send(method, query.toString(), headers, encoded(body))));
    }

    /** Sends a tar of unknown length. */
    public Reply upload(Query query, InputStream tar) {
        return upload("POST", query, tar);
    }

    /** The same with another method. */
    public Reply upload(String method, Query query, InputStream tar) {
        // The stream can be sent once only, so the daemon has to be there before.
        ping();
        return reached(() ->
                checked(client.upload(method, query.toString(), Map.of("Content-Type", "application/x-tar"), tar)));
    }

    /** A connection that becomes a raw stream; the caller closes it. */
    public Duplex hijack(Query query, @Nullable Object body) {
        return reached(() -> {
            Reply reply = checked(client.hijack(query.toString(), encoded(body)));
            if (reply.status() != SWITCHING) {
                reply.close();
                throw new IOException("unable to upgrade to tcp, received " + reply.status());
            }
            return reply.duplex();
        });
    }

    private void ping() {
        byte[] _ = bytes("GET", "/_ping", null);
    }

    private static Reply checked(Reply reply) throws IOException {
        try {
            check(reply);
            return reply;
        } catch (DaemonException e) {
            reply.close();
            throw e;
        }
    }

    private static void check(Reply reply) throws IOException {
        if (reply.status() >= REFUSED) {
            byte[] bytes = reply.bytes();
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            throw new DaemonException(
                    reply.status(),
                    text.startsWith("{") ? Tree.read(bytes).at("message").text() : text);
        }
    }

    /** Plain values are written here: the codec for records is slow to set up. */
    private static @Nullable Object encoded(@Nullable Object body) {
        return body instanceof Map<?, ?> ? JsonText.compact(body).getBytes(StandardCharsets.UTF_8) : body;
    }

    /** Runs the exchange; when nobody listens, starts a daemon first if that is our business. */
    private <T> T reached(Exchange<T> exchange) {
        try {
            return exchange.run();
        } catch (SocketException e) {
            if (!mayStart(e)) {
                throw unreachable(e);
            }
        } catch (IOException e) {
            throw broken(e);
        }
        start();
        try {
            return exchange.run();
        } catch (SocketException e) {
            throw unreachable(e);
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private synchronized boolean mayStart(SocketException e) {
        boolean denied = String.valueOf(e.getMessage()).contains("ermission denied");
        return !started && !denied && !endpoint.chosen() && DaemonStart.possible();
    }

    private synchronized void start() {
        if (!started) {
            DaemonStart.run(err, this::answers);
            started = true;
        }
    }

    /** Not by a ping, which is answered before it is known whether the engine opens. */
    private boolean answers() {
        try (Reply reply = client.send("GET", "/version", null)) {
            byte[] _ = reply.bytes();
            return reply.isSuccess();
        } catch (IOException e) {
            return false;
        }
    }

    private CliException unreachable(SocketException e) {
        String message = String.valueOf(e.getMessage());
        return new CliException(
                message.contains("ermission denied")
                        ? "permission denied while trying to connect to the daemon socket at " + endpoint
                        : "Cannot connect to the Cairn daemon at " + endpoint + ". Is the daemon running?");
    }

    private CliException broken(IOException e) {
        return new CliException("error during connect to " + endpoint + ": " + e.getMessage());
    }
}
