package cairn.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** A stream whose bytes can come straight into memory outside the heap, from where they reach a file without another copy. */
public abstract class DirectInput extends InputStream {
    private static final int COPIED = 64 << 10;

    /** The stream itself, or one that copies where it can do no better: where the stream is no channel as well. */
    public static DirectInput of(InputStream in) {
        if (in instanceof DirectInput direct) {
            return direct;
        }
        return in instanceof ReadableByteChannel channel ? new OfChannel(channel) : new Copying(in);
    }

    /** Bytes that were read to look at them, which are not copied, and then the rest of their stream, which closing this closes. */
    public static DirectInput of(ByteBuffer first, InputStream rest) {
        return new Prefixed(first, rest);
    }

    /** Reads at least one byte to the buffer's position, which moves, if it has room; the bytes read, or -1 at the end. */
    public abstract int read(ByteBuffer target) throws IOException;

    /** Reads until the buffer is full or the stream at its end; whether it is full. */
    public final boolean fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (read(target) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Moves as many bytes as the one has and the other has room for; their number. */
    static int move(ByteBuffer from, ByteBuffer to) {
        int n = Math.min(from.remaining(), to.remaining());
        to.put(from.slice(from.position(), n));
        from.position(from.position() + n);
        return n;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : read(ByteBuffer.wrap(bytes, offset, length));
    }

    private static final class OfChannel extends DirectInput {
        private final ReadableByteChannel channel;

        OfChannel(ReadableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Copying extends DirectInput {
        private final InputStream in;
        private byte[] copied = {};

        Copying(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (target.hasArray()) {
                int n = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
                target.position(target.position() + Math.max(n, 0));
                return n;
            }
            if (copied.length == 0) {
                copied = new byte[COPIED];
            }
            int n = in.read(copied, 0, Math.min(COPIED, target.remaining()));
            target.put(copied, 0, Math.max(n, 0));
            return n;
        }

        /** A file may be skipped without reading it. */
        @Override
        public long skip(long n) throws IOException {
            return in.skip(n);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
