package cairn.oci.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request. Host, Content-Length and Transfer-Encoding are set when it is sent.
 *
 * @param headers without line breaks
 * @param reach which addresses it may lead to
 */
public record HttpRequest(
        String method,
        URI uri,
        Map<String, String> headers,
        @Nullable Body body,
        TlsSettings tls,
        Reach reach) {

    /** Which addresses a request may lead to; asked for each address that its host's name stands for. */
    public interface Reach {
        /** Why not this one; null where it may. */
        @Nullable
        String objection(InetAddress address);

        /** Whether the same server may as well be spoken to without TLS there: then it is not waited for long. */
        default boolean plainToo(InetAddress address) {
            return false;
        }
    }

    /** What is sent. */
    public interface Body {
        /** In bytes; -1 where it is not known, and the body goes in chunks. */
        long length();

        /** Writes all of it; may be called once for each time that the request is sent. */
        void writeTo(OutputStream out) throws IOException;
    }

    public HttpRequest {
        headers = new LinkedHashMap<>(headers);
        headers.forEach((name, value) -> {
            if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 0x7f || c > 0xff)) {
                throw new IllegalArgumentException("header " + name + " holds a control character");
            }
        });
    }

    public Origin origin() {
        return Origin.of(uri);
    }
}
