package cairn.wire.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** The writing half of a socket, without a buffer. */
final class ChannelOutput extends OutputStream implements FileReceiver {
    private static final int COPIED = 64 << 10;

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

    /** By sendfile(2) for as long as the socket takes it, else by a copy, which waits until it does. */
    @Override
    public void transfer(FileChannel file, long count) throws IOException {
        ByteBuffer copy = null;
        long end = file.position() + count;
        for (long at = file.position(); at < end; ) {
            long sent = file.transferTo(at, end - at, channel);
            if (sent <= 0) {
                if (copy == null) {
                    copy = ByteBuffer.allocateDirect(COPIED);
                }
                copy.clear().limit((int) Math.min(COPIED, end - at));
                if (file.read(copy, at) <= 0) {
                    while (copy.hasRemaining()) {
                        copy.put((byte) 0);
                    }
                }
                copy.flip();
                sent = copy.remaining();
                while (copy.hasRemaining()) {
                    channel.write(copy);
                }
            }
            at += sent;
        }
        file.position(end);
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
