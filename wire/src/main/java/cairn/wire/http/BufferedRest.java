package cairn.wire.http;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;

/** What follows a head: first the bytes that were read ahead with it, then the socket. */
final class BufferedRest extends InputStream {
    private final SessionInputBufferImpl buffer;
    private final ChannelInput in;

    BufferedRest(SessionInputBufferImpl buffer, ChannelInput in) {
        this.buffer = buffer;
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return buffer.read(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return buffer.read(bytes, offset, length, in);
    }
}
