package cairn.wire.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/** The chunked transfer coding of RFC 9112 section 7.1: each write is one chunk and goes out at once. Safe for many threads. */
final class ChunkedOutput extends OutputStream implements FileReceiver {
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST = {'0', '\r', '\n', '\r', '\n'};

    private final ChannelOutput out;
    private boolean closed;

    ChunkedOutput(ChannelOutput out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the reply is complete");
        }
        if (length > 0) { // an empty chunk would end the body
            byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            out.write(ByteBuffer.wrap(size), ByteBuffer.wrap(bytes, offset, length), ByteBuffer.wrap(LINE_END));
        }
    }

    @Override
    public synchronized void transfer(FileChannel file, long count) throws IOException {
        if (closed) {
            throw new IOException("the reply is complete");
        }
        if (count > 0) {
            out.write((Long.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.transfer(file, count);
            out.write(LINE_END);
        }
    }

    /** Ends the body, leaving the connection open. */
    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            out.write(LAST);
        }
    }
}
