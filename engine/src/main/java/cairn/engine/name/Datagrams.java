package cairn.engine.name;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Receives the questions of all containers on one platform thread: to wake a virtual one costs more than an answer. The containers take turns,
 * so that one that floods costs the others a part of this thread and nothing else.
 */
final class Datagrams implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Datagrams.class.getName());

    private static final int QUESTIONS_IN_A_TURN = 32;
    private static final long PAUSE_NANOS = 20_000_000;

    /** One container's. */
    interface Receiver {
        /**
         * Answers, or has another thread do it.
         *
         * @param question to be read before the return; it may be written over
         * @return whether that was next to no work, so that the container's next question may follow in the same turn
         */
        boolean received(ByteBuffer question, SocketAddress from) throws IOException;
    }

    private final Selector selector;
    private final Queue<Runnable> changes = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Answers.LARGEST_DATAGRAM + 1);
    private final Thread thread;
    private volatile boolean closed;
    private boolean ended;

    Datagrams() {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = Thread.ofPlatform().daemon().name("cairn-names-udp").start(this::run);
    }

    /** @param channel one that does not block */
    void add(DatagramChannel channel, Receiver receiver) {
        try {
            channel.register(selector, SelectionKey.OP_READ, receiver);
            selector.wakeup();
        } catch (ClosedChannelException | ClosedSelectorException e) {
            // Its container has ended meanwhile, or the engine ends.
        }
    }

    /** Closes one that was added. Afterwards nothing of this holds its network namespace. */
    void close(DatagramChannel channel) {
        CountDownLatch done = new CountDownLatch(1);
        change(() -> {
            try {
                channel.close();
                // Until the selector has let go of it, its descriptor stays open.
                selector.selectNow();
            } catch (IOException | ClosedSelectorException e) {
                LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.toString());
            } finally {
                done.countDown();
            }
        });
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(Runnable change) {
        synchronized (changes) {
            if (!ended) {
                changes.add(change);
                selector.wakeup();
                return;
            }
        }
        change.run();
    }

    private boolean changeOne() {
        Runnable change;
        synchronized (changes) {
            change = changes.poll();
            ended = change == null && closed;
        }
        if (change != null) {
            change.run();
        }
        return change != null;
    }

    private void run() {
        Consumer<SelectionKey> turn = this::turn;
        while (!closed) {
            try {
                selector.select(turn);
            } catch (IOException e) {
                trouble(e);
            }
            while (changeOne()) {}
        }
        while (changeOne()) {}
    }

    private void turn(SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        Receiver receiver = (Receiver) key.attachment();
        for (int n = 0; n < QUESTIONS_IN_A_TURN; n++) {
            SocketAddress from;
            try {
                from = channel.receive(buffer.clear());
            } catch (IOException e) {
                trouble(e);
                return;
            }
            if (from == null) {
                return;
            }
            try {
                if (!receiver.received(buffer.flip(), from)) {
                    return;
                }
            } catch (IOException | RuntimeException | Error e) {
                // Not even for want of memory: the others need this thread.
                LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.toString());
            }
        }
    }

    /** Not again and again without a pause, should it last. */
    private static void trouble(IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.toString());
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    /** Once all channels are closed. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "name service: {0}", e.getMessage());
        }
    }
}
