package cairn.engine.name;

import cairn.linux.NetworkNamespace;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Serves one container, on virtual threads, until it is closed. Whatever the container sends, it holds up nobody but itself: questions
 * under way and connections have limits, and what exceeds them is dropped, as by a server that has too much to do.
 */
final class NameServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameServer.class.getName());

    static final int QUESTIONS_UNDER_WAY = 128;
    static final int CONNECTIONS = 16;
    private static final int IDLE_MILLIS = 10_000;
    private static final int QUESTIONS_AT_ONCE = 32;

    private final String container;
    private final NameTable table;
    private final Answers answers;
    private final Upstream upstream;
    private final NetworkNamespace namespace;
    private final NameSockets sockets;
    private final Forwarding forwarding;
    private final Semaphore everybodys;

    private final Semaphore underWay = new Semaphore(QUESTIONS_UNDER_WAY);
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    private final Set<Channel> open = new HashSet<>();
    private boolean closed;

    /** What all servers share; {@code everybodys} are the questions under way of all containers together. */
    record Limits(RandomGenerator random, Duration patience, Semaphore everybodys) {}

    NameServer(
            String container,
            NameTable table,
            Upstream upstream,
            NetworkNamespace namespace,
            NameSockets sockets,
            Limits limits) {
        this.container = container;
        this.table = table;
        this.answers = new Answers(table, limits.random());
        this.upstream = upstream;
        this.namespace = namespace;
        this.sockets = sockets;
        this.everybodys = limits.everybodys();
        this.forwarding = new Forwarding(new Opened(), limits.random(), limits.patience());
    }

    void start() {
        String name = container.substring(0, Math.min(12, container.length()));
        Thread.ofVirtual().name("names-udp-" + name).start(this::datagrams);
        Thread.ofVirtual().name("names-tcp-" + name).start(this::streams);
    }

    private void datagrams() {
        ByteBuffer buffer = ByteBuffer.allocate(Answers.LARGEST_QUERY + 1);
        for (int n = 1; !isClosed(); n++) {
            try {
                SocketAddress from = sockets.datagrams().receive(buffer.clear());
                int length = buffer.position();
                if (length <= Answers.LARGEST_QUERY) {
                    datagram(Arrays.copyOf(buffer.array(), length), from);
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                trouble(e);
            }
            if (n % QUESTIONS_AT_ONCE == 0) {
                giveWay();
            }
        }
    }

    private void datagram(byte[] bytes, SocketAddress from) throws IOException {
        switch (answers.to(bytes, container, false, upstream.ndotsSet())) {
            case Answers.Verdict.Ignore() -> {}
            case Answers.Verdict.Reply(byte[] reply) -> sockets.datagrams().send(ByteBuffer.wrap(reply), from);
            case Answers.Verdict.Ask(Answers.Query query) -> {
                if (underWay.tryAcquire()) {
                    Thread.ofVirtual().name("names-ask").start(() -> {
                        try {
                            sockets.datagrams().send(ByteBuffer.wrap(ask(query, false)), from);
                        } catch (IOException e) {
                            LOG.log(System.Logger.Level.DEBUG, "name service of {0}: {1}", container, e.getMessage());
                        } finally {
                            underWay.release();
                        }
                    });
                }
            }
        }
    }

    private byte[] ask(Answers.Query query, boolean overTcp) {
        byte[] answer = null;
        if (everybodys.tryAcquire()) {
            try {
                answer = forwarding.ask(query, upstream, overTcp, table.leadsOut(container));
            } finally {
                everybodys.release();
            }
        }
        return answer == null ? Answers.servfail(query) : answer;
    }

    private void streams() {
        while (!isClosed()) {
            try {
                SocketChannel channel = sockets.streams().accept();
                if (!connections.tryAcquire()) {
                    channel.close();
                    giveWay();
                    continue;
                }
                Thread.ofVirtual().name("names-connection").start(() -> {
                    try (channel) {
                        opened(channel);
                        stream(channel);
                    } catch (IOException | RuntimeException e) {
                        LOG.log(System.Logger.Level.DEBUG, "name service of {0}: {1}", container, e.getMessage());
                    } finally {
                        gone(channel);
                        connections.release();
                    }
                });
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                trouble(e);
            }
        }
    }

    private void stream(SocketChannel channel) throws IOException {
        channel.socket().setSoTimeout(IDLE_MILLIS);
        while (true) {
            byte[] bytes = Streams.read(channel.socket().getInputStream(), Answers.LARGEST_QUERY);
            if (bytes == null) {
                return;
            }
            switch (answers.to(bytes, container, true, upstream.ndotsSet())) {
                case Answers.Verdict.Ignore() -> {
                    return;
                }
                case Answers.Verdict.Reply(byte[] reply) -> Streams.write(channel, reply);
                case Answers.Verdict.Ask(Answers.Query query) -> Streams.write(channel, ask(query, true));
            }
            giveWay();
        }
    }

    /** A virtual thread that never has to wait for the next question would keep its processor from all others. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static void giveWay() {
        Thread.yield();
    }

    /** Not again and again without a pause, should it last. */
    private void trouble(Exception e) {
        if (isClosed()) {
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "name service of {0}: {1}", container, e.toString());
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void opened(Channel channel) throws IOException {
        if (closed) {
            channel.close();
            throw new ClosedChannelException();
        }
        open.add(channel);
    }

    private synchronized void gone(Channel channel) {
        open.remove(channel);
    }

    /** Sockets for questions to others. */
    private final class Opened implements Forwarding.Sockets {
        @Override
        public DatagramChannel datagrams(StandardProtocolFamily family, boolean fromHost) throws IOException {
            DatagramChannel channel = fromHost
                    ? DatagramChannel.open(family)
                    : namespace.call("cairn-names", NameSockets.unchecked(() -> DatagramChannel.open(family)));
            opened(channel);
            return channel;
        }

        @Override
        public SocketChannel stream(StandardProtocolFamily family, boolean fromHost) throws IOException {
            SocketChannel channel = fromHost
                    ? SocketChannel.open(family)
                    : namespace.call("cairn-names", NameSockets.unchecked(() -> SocketChannel.open(family)));
            opened(channel);
            return channel;
        }

        @Override
        public void closed(Channel channel) {
            gone(channel);
        }
    }

    /** Afterwards nothing of this holds the network namespace. */
    @Override
    public void close() {
        Set<Channel> rest;
        synchronized (this) {
            closed = true;
            rest = Set.copyOf(open);
            open.clear();
        }
        sockets.close();
        for (Channel channel : rest) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "name service of {0}: {1}", container, e.getMessage());
            }
        }
        namespace.close();
    }
}
