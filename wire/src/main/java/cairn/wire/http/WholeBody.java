package cairn.wire.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.MalformedChunkCodingException;

/** A body that says where its end is; one that breaks off before says so in words for people. */
final class WholeBody extends FilterInputStream {
    WholeBody(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (ConnectionClosedException | MalformedChunkCodingException e) {
            throw brokenOff(e);
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (ConnectionClosedException | MalformedChunkCodingException e) {
            throw brokenOff(e);
        }
    }

    private static IOException brokenOff(IOException e) {
        return new IOException("the daemon has ended in the middle of its answer", e);
    }
}
