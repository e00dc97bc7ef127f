package cairn.engine.launch;

import cairn.engine.plan.LaunchPlan;
import cairn.engine.plan.PlanCodec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The resident {@code cairn-shim serve}: one small process that forks a shim per launch. It ends with this object or
 * with the daemon; the shims that it forked live on. Started at the first launch, and again should it have died.
 */
public final class Launcher implements AutoCloseable {
    private static final long START_NANOS = 5_000_000_000L;

    private final Path program;
    private final Path socket;
    private @Nullable Process process;

    /** @param program the shim's binary; @param socket in a directory of mode 0700 */
    public Launcher(Path program, Path socket) {
        this.program = program;
        this.socket = socket;
    }

    /** Sends the plan; its reports come over the connection that is returned. */
    public ShimConnection launch(LaunchPlan plan) throws IOException {
        byte[] bytes = PlanCodec.encode(plan);
        ShimConnection connection = ShimConnection.over(connect());
        try {
            connection.send(bytes);
            return connection;
        } catch (IOException e) {
            connection.close();
            throw e;
        }
    }

    /** Starts the process if it is not there yet, so that the first launch does not have to wait for it. */
    public synchronized void start() throws IOException {
        if (process != null && process.isAlive()) {
            return;
        }
        Files.deleteIfExists(socket);
        Process started = new ProcessBuilder(program.toString(), "serve", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process = started;
        long deadline = System.nanoTime() + START_NANOS;
        while (!Files.exists(socket)) {
            if (!started.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the launcher " + program + " did not start (exit status "
                        + (started.isAlive() ? "none" : Integer.toString(started.exitValue())) + ")");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the launcher started", e);
            }
        }
    }

    private SocketChannel connect() throws IOException {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException notThere) {
            start();
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        }
    }

    @Override
    public synchronized void close() {
        if (process != null) {
            try (OutputStream input = process.getOutputStream()) {
                input.flush();
            } catch (IOException e) {
                // Closing the pipe is the signal; a launcher that is gone already needs none.
            }
        }
    }
}
