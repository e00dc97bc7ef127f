package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The body of a request. The client that waits for a 100 gets it on the first read. */
final class RequestBody extends InputStream {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final InputStream body;
    private final ChannelOutput out;
    private boolean continueDue;
    private boolean ended;

    RequestBody(InputStream body, ChannelOutput out, boolean continueDue) {
        this.body = body;
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
