package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** The reading half of a socket; reads and writes of the two halves do not wait for each other. */
final class ChannelInput extends InputStream {
    private final SocketChannel channel;
    private volatile boolean ended;
    private long budget = Long.MAX_VALUE;
    private byte @Nullable [] standIn;
    private @Nullable ByteBuffer diverted;

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
        ByteBuffer into = isStandIn(bytes) ? diverted : null;
        int read = channel.read(
                into == null ? ByteBuffer.wrap(bytes, offset, length) : into.slice(into.position(), length));
        if (into != null) {
            into.position(into.position() + Math.max(read, 0));
        }
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

    @SuppressWarnings("ReferenceEquality") // this very array
    private boolean isStandIn(byte[] bytes) {
        return bytes == standIn;
    }

    /** From now on what would go into the one array goes into the other buffer, whose position moves; null ends it. */
    void divert(byte @Nullable [] array, @Nullable ByteBuffer target) {
        standIn = array;
        diverted = target;
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
