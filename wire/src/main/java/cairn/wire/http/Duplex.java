package cairn.wire.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;

/** A connection that has become two raw streams. Each write goes out at once; either direction can end before the other. */
public final class Duplex implements Closeable {
    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;

    Duplex(SocketChannel channel, InputStream input, OutputStream output) {
        this.channel = channel;
        this.input = input;
        this.output = output;
    }

    /** What the peer sends, beginning with bytes that came together with its head; ends when the peer half-closes. */
    public InputStream input() {
        return input;
    }

    public OutputStream output() {
        return output;
    }

    /** Half-close: the peer reads to the end, and may go on sending. */
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
