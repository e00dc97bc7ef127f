package cairn.wire.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** An HTTP/1.1 server on a unix socket, with a virtual thread for each connection. */
public final class HttpServer implements AutoCloseable {
    private static final Duration DEADLINE_GRAIN = Duration.ofSeconds(1);
    private static final Duration ACCEPT_PAUSE = Duration.ofMillis(100);

    private final ListeningSocket socket;
    private final ServerSettings settings;
    private final Handler handler;
    private final String banner;
    private final Semaphore room;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private HttpServer(ListeningSocket socket, ServerSettings settings, Handler handler) {
        this.socket = socket;
        this.settings = settings;
        this.handler = handler;
        this.room = new Semaphore(settings.connections());
        this.banner =
                "Api-Version: " + settings.api() + "\r\nDocker-Experimental: false\r\nOstype: linux\r\nServer: Docker/"
                        + settings.version() + " (linux)\r\n";
    }

    /**
     * Binds and serves. The socket appears with mode 0660 and the settings' group, or not at all; a stale one is replaced.
     *
     * @throws SocketInUseException when somebody answers on it, or it is another kind of file
     */
    public static HttpServer open(Path path, ServerSettings settings, Handler handler) throws IOException {
        HttpServer server = new HttpServer(ListeningSocket.bind(path, settings.group()), settings, handler);
        Thread.ofVirtual().name("http-accept").start(server::accept);
        Thread.ofVirtual().name("http-deadlines").start(server::watchDeadlines);
        return server;
    }

    public Path socket() {
        return socket.path();
    }

    private void accept() {
        while (!closed) {
            room.acquireUninterruptibly();
            try {
                serve(socket.accept());
            } catch (IOException e) {
                room.release();
                // out of descriptors, most likely: those in use will be returned
                pause(ACCEPT_PAUSE);
            }
        }
    }

    private void serve(SocketChannel channel) {
        Connection connection = new Connection(this, channel);
        connections.add(connection);
        if (closed) {
            connection.close();
        }
        Thread.ofVirtual().name("http-connection").start(connection);
    }

    private void watchDeadlines() {
        while (!closed || !connections.isEmpty()) {
            pause(DEADLINE_GRAIN);
            long now = System.nanoTime();
            connections.forEach(connection -> connection.endIfLate(now));
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ServerSettings settings() {
        return settings;
    }

    Handler handler() {
        return handler;
    }

    /** The headers that every reply carries. */
    String banner() {
        return banner;
    }

    void remove(Connection connection) {
        if (connections.remove(connection)) {
            room.release();
        }
    }

    /** Stops listening, removes the socket, gives requests in work so long to end, then drops all connections. */
    public void close(Duration grace) throws IOException {
        closed = true;
        socket.close();
        long end = System.nanoTime() + grace.toNanos();
        while (connections.stream().anyMatch(Connection::answering) && System.nanoTime() - end < 0) {
            pause(Duration.ofMillis(10));
        }
        connections.forEach(Connection::close);
    }

    @Override
    public void close() throws IOException {
        close(Duration.ZERO);
    }
}
