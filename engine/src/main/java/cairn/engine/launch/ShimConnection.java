package cairn.engine.launch;

import cairn.engine.plan.Op;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A control connection to one shim: reports come, requests go. One thread reads; requests may come from any thread.
 * Closing it does nothing to the process.
 */
public final class ShimConnection implements AutoCloseable {
    private static final int LARGEST_REPORT = 64 * 1024;

    private final SocketChannel channel;

    private ShimConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static ShimConnection over(SocketChannel channel) {
        return new ShimConnection(channel);
    }

    /** A further control connection to a living shim; it repeats pid and started at once. */
    public static ShimConnection open(Path directory) throws IOException {
        SocketChannel channel = connect(directory);
        try {
            ShimConnection connection = new ShimConnection(channel);
            connection.ask(Op.ASK_CONTROL, ByteBuffer.allocate(0));
            return connection;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * A tap: towards the process raw bytes, from it the multiplexed stream (with a terminal: raw). Half-close ends the
     * process's input if it was launched so.
     *
     * @param flags {@link Op#ATTACH_STDIN} and so on
     */
    public static SocketChannel attach(Path directory, int flags) throws IOException {
        SocketChannel channel = connect(directory);
        try {
            write(
                    channel,
                    frame(
                            Op.ASK_ATTACH,
                            ByteBuffer.allocate(4)
                                    .order(ByteOrder.LITTLE_ENDIAN)
                                    .putInt(flags)
                                    .flip()));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static SocketChannel connect(Path directory) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("shim.sock")));
    }

    /** The next report, null when the shim has ended. Blocks. */
    public @Nullable Report next() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        if (!fill(header)) {
            return null;
        }
        int type = header.getInt();
        int length = header.getInt();
        if (length < 0 || length > LARGEST_REPORT) {
            throw new IOException("shim sent a report of " + length + " bytes");
        }
        ByteBuffer payload = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        if (!fill(payload)) {
            throw new EOFException("shim ended within a report");
        }
        return switch (type) {
            case Op.REPORT_PID -> {
                int pid = payload.getInt();
                int shimPid = payload.getInt();
                yield new Report.Pid(pid, shimPid, payload.getLong(), payload.getLong());
            }
            case Op.REPORT_FAILED -> {
                int step = payload.getInt();
                int errno = payload.getInt();
                yield new Report.Failed(
                        step, errno, StandardCharsets.UTF_8.decode(payload).toString());
            }
            case Op.REPORT_STARTED -> new Report.Started(instant(payload.getLong()));
            case Op.REPORT_ROTATED -> new Report.Rotated();
            case Op.REPORT_EXITED -> {
                int code = payload.getInt();
                int signal = payload.getInt();
                yield new Report.Exited(code, signal, instant(payload.getLong()));
            }
            default -> throw new IOException("shim sent an unknown report " + type);
        };
    }

    static Instant instant(long nanos) {
        return Instant.ofEpochSecond(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
    }

    public void signal(int signal) throws IOException {
        ask(
                Op.ASK_SIGNAL,
                ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(signal)
                        .flip());
    }

    public void resize(int rows, int columns) throws IOException {
        ask(
                Op.ASK_RESIZE,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(rows)
                        .putInt(columns)
                        .flip());
    }

    /** To a launch whose plan has AWAIT_GO. */
    public void go() throws IOException {
        ask(Op.ASK_GO, ByteBuffer.allocate(0));
    }

    private synchronized void ask(int type, ByteBuffer payload) throws IOException {
        write(channel, frame(type, payload));
    }

    void send(byte[] plan) throws IOException {
        write(channel, ByteBuffer.wrap(plan));
    }

    private static ByteBuffer frame(int type, ByteBuffer payload) {
        return ByteBuffer.allocate(8 + payload.remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(payload.remaining())
                .put(payload)
                .flip();
    }

    private static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        buffer.flip();
        return true;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing depends on a connection that is being given up.
        }
    }
}
