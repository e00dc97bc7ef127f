package cairn.engine.name;

import cairn.linux.LinuxException;
import cairn.linux.NetworkNamespace;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The name service of all containers that have one: at 127.0.0.11 in the network namespace of each. */
public final class NameService implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameService.class.getName());

    /** The server in such a container's {@code resolv.conf}. */
    public static final String ADDRESS = "127.0.0.11";

    /** Each has a descriptor. */
    private static final int QUESTIONS_UNDER_WAY = 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(4); // as Docker's

    private final NameTable table = new NameTable();
    private final RandomGenerator random;
    private final Duration patience;
    private final Semaphore underWay = new Semaphore(QUESTIONS_UNDER_WAY);
    private final Map<String, NameServer> servers = new HashMap<>();
    private @Nullable Datagrams datagrams;

    public NameService(RandomGenerator random) {
        this(random, PATIENCE);
    }

    /** @param patience with each server that is asked */
    NameService(RandomGenerator random, Duration patience) {
        this.random = random;
        this.patience = patience;
    }

    public NameTable table() {
        return table;
    }

    /**
     * Serves a container, whose names are in the table or come into it later, until its end; instead of how it was served before. A container
     * without a name service is one that finds no names: what goes wrong is logged.
     *
     * @param pid of a process in its network namespace, which started at that time
     * @param note a file of this run's in a directory that nobody else can write to; whoever serves the run after this gives it again
     */
    public void serve(String container, int pid, long startTime, Upstream upstream, Path note) {
        end(container);
        try {
            Datagrams all = datagrams();
            NetworkNamespace namespace = NetworkNamespace.of(pid, startTime);
            try {
                NameServer server = new NameServer(
                        container,
                        table,
                        upstream,
                        namespace,
                        NameSockets.open(namespace, note),
                        new NameServer.Shared(random, patience, all, underWay));
                synchronized (servers) {
                    servers.put(container, server);
                }
                server.start();
            } catch (LinuxException | UncheckedIOException e) {
                namespace.close();
                throw e;
            }
        } catch (LinuxException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "no name service for container {0}: {1}", container, e.getMessage());
        }
    }

    /** With the first container that has one. */
    private synchronized Datagrams datagrams() {
        Datagrams all = datagrams;
        if (all == null) {
            NameSockets.prepare();
            all = new Datagrams();
            datagrams = all;
            // The first packet need not wait for the library.
            Thread.ofPlatform().daemon().name("cairn-names-load").start(this::load);
        }
        return all;
    }

    private void load() {
        byte[] question = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'x', 0, 0, 1, 0, 1};
        new Answers(table, random).to(question, "", false, true);
    }

    /** Whether it has one. */
    public boolean serves(String container) {
        synchronized (servers) {
            return servers.containsKey(container);
        }
    }

    /** Before its network namespace is to go, which the sockets hold. */
    public void end(String container) {
        NameServer server;
        synchronized (servers) {
            server = servers.remove(container);
        }
        if (server != null) {
            server.close();
        }
    }

    @Override
    public synchronized void close() {
        List<NameServer> rest;
        synchronized (servers) {
            rest = List.copyOf(servers.values());
            servers.clear();
        }
        rest.forEach(NameServer::close);
        if (datagrams != null) {
            datagrams.close();
            datagrams = null;
        }
    }
}
