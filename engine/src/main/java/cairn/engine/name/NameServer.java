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
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;

/**
 * Serves one container until it is closed: over UDP on the thread of all, over TCP and with questions to others on virtual threads. Whatever
 * the container sends, it holds up nobody but itself: questions under way and connections have limits, and what exceeds them is dropped, as by
 * a server that has too much to do.
 */
final class NameServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameServer.class.getName());

    static final int QUESTIONS_UNDER_WAY = 128;
    static final int CONNECTIONS = 16;
    private static final int IDLE_MILLIS = 10_000;

    private final String container;
    private final NameTable table;
    private final Answers answers;
    private final SettledAnswers settled;
    private final Upstream upstream;
    private final NetworkNamespace namespace;
    private final NameSockets sockets;
    private final Forwarding forwarding;
    private final Datagrams datagrams;
    private final Semaphore everybodys;

    private final Semaphore underWay = new Semaphore(QUESTIONS_UNDER_WAY);
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    private final Set<Channel> open = new HashSet<>();
    private boolean closed;

    /** What all servers share; {@code everybodys} are the questions under way of all containers together. */
    record Shared(RandomGenerator random, Duration patience, Datagrams datagrams, Semaphore everybodys) {}

    NameServer(
            String container,
            NameTable table,
            Upstream upstream,
            NetworkNamespace namespace,
            NameSockets sockets,
            Shared shared) {
        this.container = container;
        this.table = table;
        this.answers = new Answers(table, shared.random());
        this.settled = new SettledAnswers(table);
        this.upstream = upstream;
        this.namespace = namespace;
        this.sockets = sockets;
        this.datagrams = shared.datagrams();
        this.everybodys = shared.everybodys();
        this.forwarding = new Forwarding(new Opened(), shared.random(), shared.patience());
    }

    void start() {
        String name = container.substring(0, Math.min(12, container.length()));
        datagrams.add(sockets.datagrams(), this::datagram);
        Thread.ofVirtual().name("names-tcp-" + name).start(this::streams);
    }

    private boolean datagram(ByteBuffer question, SocketAddress from) throws IOException {
        if (settled.answer(question)) {
            sockets.datagrams().send(question, from);
            return true;
        }
        int length = question.remaining();
        if (length > Answers.LARGEST_QUERY) {
            return true;
        }
        byte[] bytes = new byte[length];
        question.get(bytes);
        long seen = table.changes();
        switch (answers.to(bytes, container, false, upstream.ndotsSet())) {
            case Answers.Verdict.Ignore() -> {}
            case Answers.Verdict.Reply(byte[] reply, boolean stays) -> {
                if (stays) {
                    settled.keep(bytes, reply, seen);
                }
                sockets.datagrams().send(ByteBuffer.wrap(reply), from);
            }
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
        return false;
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
                case Answers.Verdict.Reply(byte[] reply, boolean _) -> Streams.write(channel, reply);
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
        datagrams.close(sockets.datagrams());
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
