package cairn.engine.container;

import cairn.engine.launch.ShimConnection;
import cairn.engine.plan.Op;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * One client's view of a process's standard streams. It may be made before the process runs; then it is connected before
 * the first byte of output is read. Closing it leaves the process alone.
 */
public final class Attachment implements AutoCloseable {
    private final int flags;
    private final boolean terminal;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile @Nullable SocketChannel tap;
    private volatile boolean closed;

    Attachment(boolean stdin, boolean stdout, boolean stderr, boolean terminal) {
        this.flags = (stdin ? Op.ATTACH_STDIN : 0) | (stdout ? Op.ATTACH_STDOUT : 0) | (stderr ? Op.ATTACH_STDERR : 0);
        this.terminal = terminal;
    }

    /** Whether the bytes are raw; otherwise they are Docker's multiplexed frames. */
    public boolean terminal() {
        return terminal;
    }

    public boolean stdin() {
        return (flags & Op.ATTACH_STDIN) != 0;
    }

    /**
     * For a process whose start is under way: where the shim is gone already, its report says why, and the client's stream just
     * ends.
     */
    void connectOrAbandon(Path shimDirectory) {
        try {
            connect(shimDirectory);
        } catch (IOException failedFast) {
            abandon();
        }
    }

    void connect(Path shimDirectory) throws IOException {
        SocketChannel channel = ShimConnection.attach(shimDirectory, flags);
        tap = channel;
        if (closed) {
            channel.close();
        }
        settled.countDown();
    }

    /** The process will not run. */
    void abandon() {
        settled.countDown();
    }

    /** The stream, once the process runs; null if it never will, or this was closed. */
    public @Nullable SocketChannel await() throws InterruptedException {
        settled.await();
        return closed ? null : tap;
    }

    @Override
    public void close() {
        closed = true;
        SocketChannel channel = tap;
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // It is being given up.
            }
        }
        settled.countDown();
    }
}
