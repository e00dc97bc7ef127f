package cairn.wire.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The writing half of a socket, without a buffer. */
final class ChannelOutput extends OutputStream {
    private final SocketChannel channel;

    ChannelOutput(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** Several pieces in one system call where the socket takes them. */
    void write(ByteBuffer... pieces) throws IOException {
        while (anyRemains(pieces)) {
            channel.write(pieces);
        }
    }

    /** Not only the last piece: it may be empty, as in the answer to HEAD. */
    private static boolean anyRemains(ByteBuffer[] pieces) {
        for (ByteBuffer piece : pieces) {
            if (piece.hasRemaining()) {
                return true;
            }
        }
        return false;
    }
}
