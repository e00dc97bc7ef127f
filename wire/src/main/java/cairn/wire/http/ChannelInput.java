package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The reading half of a socket; reads and writes of the two halves do not wait for each other. */
final class ChannelInput extends InputStream {
    private final SocketChannel channel;
    private volatile boolean ended;
    private long budget = Long.MAX_VALUE;

    ChannelInput(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int read = channel.read(ByteBuffer.wrap(bytes, offset, length));
        if (read < 0) {
            ended = true;
            return -1;
        }
        budget -= read;
        if (budget < 0) {
            throw new MalformedRequestException(431, "request head is too large");
        }
        return read;
    }

    /** Whether a read has met the end of the stream. */
    boolean ended() {
        return ended;
    }

    /** Bytes that may still be read before reading fails. */
    void allow(long bytes) {
        budget = bytes;
    }
}
