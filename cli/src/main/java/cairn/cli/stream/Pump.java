package cairn.cli.stream;

import cairn.linux.Terminal;
import cairn.wire.http.Duplex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes between this terminal and a hijacked connection until the output ends or the detach keys are typed. Standard
 * input is read on a thread of its own, because a read of a terminal cannot be interrupted; its end closes the container's
 * input and nothing else.
 */
public final class Pump {
    private final Duplex connection;
    private final @Nullable DetachKeys keys;
    private volatile boolean detached;

    /** {@code keys} is null when nobody can type them. */
    public Pump(Duplex connection, @Nullable DetachKeys keys) {
        this.connection = connection;
        this.keys = keys;
    }

    /**
     * Copies until the end.
     *
     * @param in null when input is not connected
     * @param tty whether the container has a terminal: its output is one raw stream, and our terminal becomes raw
     * @return whether the user detached
     */
    public boolean run(@Nullable InputStream in, boolean tty, PrintStream out, PrintStream err) throws IOException {
        boolean raw = tty && in != null && Console.typed();
        try (Terminal.RawMode _ = raw ? Console.raw() : () -> {}) {
            if (in != null) {
                Thread thread = new Thread(() -> input(in), "standard-input");
                thread.setDaemon(true);
                thread.start();
            }
            Output.copy(connection.input(), !tty, out, err);
        } catch (IOException e) {
            if (!detached) {
                throw e;
            }
        }
        if (detached) {
            err.println("read escape sequence");
        }
        return detached;
    }

    private void input(InputStream in) {
        byte[] buffer = new byte[16 << 10];
        try {
            OutputStream out = connection.output();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                DetachKeys filter = keys;
                byte[] passed = filter == null ? null : filter.filter(buffer, count);
                if (filter != null && passed == null) {
                    detached = true;
                    connection.close();
                    return;
                }
                if (passed == null) {
                    out.write(buffer, 0, count);
                } else {
                    out.write(passed, 0, passed.length);
                }
                out.flush();
            }
            connection.shutdownOutput();
        } catch (IOException e) {
            // The container is gone, or its input is closed: its output goes on, and says so if it matters.
        }
    }
}
