package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The body of a request. The client that waits for a 100 gets it on the first read. As a channel it brings most of the bytes from the socket
 * straight into a buffer outside the heap: an archive of gigabytes would else be copied three times on the way.
 */
final class RequestBody extends InputStream implements ReadableByteChannel {
    private static final int STAND_IN = 64 << 10;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream body;
    private final ChannelInput in;
    private final ChannelOutput out;
    private byte[] standIn = {};
    private boolean continueDue;
    private boolean ended;

    /** @param in where the bytes of {@code body} come from, once its buffer is empty */
    RequestBody(InputStream body, ChannelInput in, ChannelOutput out, boolean continueDue) {
        this.body = body;
        this.in = in;
        this.out = out;
        this.continueDue = continueDue;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (continueDue) {
            continueDue = false;
            out.write(CONTINUE);
        }
        int read;
        try {
            read = body.read(bytes, offset, length);
        } catch (IOException e) {
            throw new MalformedRequestException(400, "request body is broken: " + e.getMessage());
        }
        ended = read < 0;
        return read;
    }

    /** Whoever takes the body apart only knows arrays, and passes the one that it is given on to the socket or fills it itself. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        if (standIn.length == 0) {
            standIn = new byte[STAND_IN];
        }
        int start = target.position();
        int n;
        in.divert(standIn, target);
        try {
            n = read(standIn, 0, Math.min(STAND_IN, target.remaining()));
        } finally {
            in.divert(null, null);
        }
        if (n > 0 && target.position() == start) {
            target.put(standIn, 0, n);
        }
        if (target.position() != start + Math.max(n, 0)) {
            throw new IllegalStateException("of " + n + " bytes of the body " + (target.position() - start) + " came");
        }
        return n;
    }

    @Override
    public boolean isOpen() {
        return !ended;
    }

    /** Closes nothing: the connection goes on. */
    @Override
    public void close() {}

    /** Called with the final reply: a 100 must not follow it. Says whether the client still holds the body back. */
    boolean answered() {
        boolean heldBack = continueDue;
        continueDue = false;
        return heldBack;
    }

    /** Reads to the end, at most so many bytes; false when there is more. */
    boolean drain(int limit) throws IOException {
        byte[] scratch = new byte[8192];
        int left = limit;
        while (left > 0) {
            int read = read(scratch, 0, Math.min(scratch.length, left));
            if (read < 0) {
                return true;
            }
            left -= read;
        }
        return false;
    }
}
