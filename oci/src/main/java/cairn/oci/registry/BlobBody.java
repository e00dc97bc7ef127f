package cairn.oci.registry;

import cairn.oci.Digest;
import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.registry.RegistryException.Kind;
import java.io.InputStream;

/** A blob on its way, which has to be exactly as long as it should be. Reads go straight from the socket into the caller's bytes. */
final class BlobBody extends InputStream {
    private final HttpReply reply;
    private final Digest digest;
    private final long size;
    private long position;

    BlobBody(HttpReply reply, Digest digest, long offset, long size) {
        this.reply = reply;
        this.digest = digest;
        this.position = offset;
        this.size = size;
    }

    @Override
    public int read() throws RegistryException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws RegistryException {
        if (length == 0) {
            return 0;
        }
        int read;
        try {
            read = reply.read(bytes, offset, length);
        } catch (HttpFailure e) {
            throw new RegistryException(
                    Kind.UNAVAILABLE,
                    "blob " + digest + " broke off at " + position + " of " + size + " bytes: " + e.getMessage(),
                    e);
        }
        if (read < 0 && position < size) {
            // Where the length was announced this cannot be; in chunks the registry says itself that this is all.
            throw new RegistryException(
                    Kind.INVALID, "blob " + digest + " has " + position + " bytes instead of " + size);
        }
        position += Math.max(read, 0);
        if (position > size) {
            reply.abort();
            throw new RegistryException(Kind.INVALID, "blob " + digest + " has more than " + size + " bytes");
        }
        return read;
    }

    @Override
    public void close() {
        if (position == size) {
            reply.close();
        } else {
            reply.abort();
        }
    }
}
