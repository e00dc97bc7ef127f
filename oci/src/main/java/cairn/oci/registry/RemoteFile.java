package cairn.oci.registry;

import cairn.oci.http.HttpFailure;
import cairn.oci.http.HttpReply;
import cairn.oci.http.HttpRequest;
import cairn.oci.http.Origin;
import cairn.oci.registry.RegistryException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

/** A file of any web server, such as {@code docker import URL} names, while it is on its way. Not retried, and plain HTTP is fine. */
public final class RemoteFile implements AutoCloseable {
    private final HttpReply reply;

    private RemoteFile(HttpReply reply) {
        this.reply = reply;
    }

    /** @throws RegistryException with the server's own reason where it does not give the file */
    static RemoteFile open(Line line, URI address) throws RegistryException {
        HttpReply reply;
        try {
            Origin origin = Redirects.origin(address);
            reply = line.redirects()
                    .follow(new HttpRequest(
                            "GET",
                            address,
                            Map.of("User-Agent", line.userAgent()),
                            null,
                            line.hosts().tls(origin),
                            anywhere -> null));
        } catch (HttpFailure e) {
            throw RegistryException.of(e);
        }
        if (reply.status() != 200) {
            String status = reply.statusLine();
            boolean missing = reply.status() == 404 || reply.status() == 410;
            reply.close();
            throw new RegistryException(
                    missing ? Kind.NOT_FOUND : Kind.UNAVAILABLE, "failed to GET " + address + " with status " + status);
        }
        return new RemoteFile(reply);
    }

    /** In bytes; -1 where the server does not say. */
    public long length() {
        return reply.length();
    }

    public InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return reply.read(bytes, offset, length);
            }
        };
    }

    @Override
    public void close() {
        reply.close();
    }
}
