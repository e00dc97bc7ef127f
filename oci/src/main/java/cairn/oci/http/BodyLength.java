package cairn.oci.http;

import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpMessage;

/** Where the body of a reply ends (RFC 9112, section 6.3); what two readers could understand differently is refused. */
final class BodyLength {
    static final ContentLengthStrategy STRICT = BodyLength::of;

    private BodyLength() {}

    static boolean untilClose(HttpMessage head) {
        return head.getFirstHeader("Transfer-Encoding") == null && head.getFirstHeader("Content-Length") == null;
    }

    private static long of(HttpMessage head) throws HttpException {
        Header[] codings = head.getHeaders("Transfer-Encoding");
        Header[] lengths = head.getHeaders("Content-Length");
        if (codings.length > 0) {
            if (codings.length > 1 || lengths.length > 0 || !"chunked".equalsIgnoreCase(codings[0].getValue())) {
                throw new HttpException("unsupported transfer encoding");
            }
            return ContentLengthStrategy.CHUNKED;
        }
        if (lengths.length == 0) {
            return ContentLengthStrategy.UNDEFINED;
        }
        long length = number(lengths[0].getValue());
        for (Header other : lengths) {
            if (number(other.getValue()) != length) {
                throw new HttpException("two Content-Lengths");
            }
        }
        return length;
    }

    private static long number(String text) throws HttpException {
        if (text == null
                || text.isEmpty()
                || text.length() > 18
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new HttpException("bad Content-Length");
        }
        return Long.parseLong(text);
    }
}
