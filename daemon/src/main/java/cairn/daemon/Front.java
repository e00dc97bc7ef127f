package cairn.daemon;

import cairn.engine.Engine;
import cairn.wire.ErrorResponse;
import cairn.wire.http.Exchange;
import cairn.wire.http.Handler;
import cairn.wire.http.HttpServer;
import cairn.wire.http.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The sockets and the pid file, which are there before the engine is open: as soon as the data root is ours, pings are answered, since
 * they ask nothing of the engine, and every other request waits for it instead of finding nobody.
 */
final class Front implements Handler, AutoCloseable {
    private static final Duration GRACE = Duration.ofMillis(500);

    private final List<Path> sockets;
    private final @Nullable String group;
    private final Path pidFile;
    private final CompletableFuture<Handler> routes = new CompletableFuture<>();
    private final List<HttpServer> servers = new ArrayList<>();

    /** @param group may use the sockets, if it exists */
    Front(List<Path> sockets, @Nullable String group, Path pidFile) {
        this.sockets = sockets;
        this.group = group;
        this.pidFile = pidFile;
    }

    /** @throws cairn.wire.http.SocketInUseException when somebody answers on one of them */
    void listen() throws IOException {
        ServerSettings settings = ServerSettings.of(Engine.VERSION).withGroup(group);
        for (Path socket : sockets) {
            Path directory = socket.getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            servers.add(HttpServer.open(socket, settings, this));
        }
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
    }

    /** From now on these answer, first those that have waited. */
    void open(Handler opened) {
        routes.complete(opened);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (exchange.path().equals(SystemRoutes.PING) && !routes.isDone()) {
            SystemRoutes.ping(exchange);
            return;
        }
        try {
            routes.join().handle(exchange);
        } catch (CancellationException e) {
            exchange.respond(503, new ErrorResponse("the engine did not open; the daemon's log says why"));
        }
    }

    /** Gives requests in work a moment to end. May be called again. */
    @Override
    public void close() throws IOException {
        if (servers.isEmpty()) {
            return;
        }
        routes.cancel(false);
        for (HttpServer server : servers) {
            server.close(GRACE);
        }
        servers.clear();
        Files.deleteIfExists(pidFile);
    }
}
