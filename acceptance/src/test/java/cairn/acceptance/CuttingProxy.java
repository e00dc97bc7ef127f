package cairn.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes connections on to a port of this machine, counts what comes back, and can be told to break off or to hold its breath after so many
 * bytes.
 */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final AtomicLong received = new AtomicLong();
    private volatile long cutAt = Long.MAX_VALUE;
    private volatile long holdAt = Long.MAX_VALUE;
    private volatile int cuts;

    CuttingProxy(int target) {
        this.target = target;
        try {
            listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("proxy").start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** {@code 127.0.0.1:PORT/NAME}. */
    String image(String name) {
        return "127.0.0.1:" + port() + "/" + name;
    }

    /** Bytes that the target has sent back so far, heads of replies included. */
    long received() {
        return received.get();
    }

    int cuts() {
        return cuts;
    }

    /** Breaks the first connection that brings so many bytes, once. */
    void cutAfter(long bytes) {
        cutAt = bytes;
    }

    /** Lets nothing more through on connections that have brought so many bytes, until {@link #goOn}. */
    void holdAfter(long bytes) {
        holdAt = bytes;
    }

    void goOn() {
        holdAt = Long.MAX_VALUE;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getByName("127.0.0.1"), target);
                Thread.ofPlatform().daemon().name("proxy-up").start(() -> copy(client, server, false));
                Thread.ofPlatform().daemon().name("proxy-down").start(() -> copy(server, client, true));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void copy(Socket from, Socket to, boolean counted) {
        byte[] buffer = new byte[16 * 1024];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            long brought = 0;
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                brought += n;
                if (counted && cutOrHold(n, brought)) {
                    return;
                }
                out.write(buffer, 0, n);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // One end has gone; closing both tells the other.
        }
    }

    private boolean cutOrHold(int n, long brought) throws IOException {
        while (brought > holdAt) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
        if (brought > cutAt) {
            cutAt = Long.MAX_VALUE;
            cuts++;
            return true;
        }
        received.addAndGet(n);
        return false;
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
