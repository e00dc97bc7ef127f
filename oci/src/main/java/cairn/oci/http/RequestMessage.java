package cairn.oci.http;

import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/** The head of a request, with its target as it is: the codec's own messages know only paths, and none of the forms for proxies. */
final class RequestMessage extends BasicClassicHttpRequest {
    private static final long serialVersionUID = 1;

    private final String target;

    /** @param target in any of the forms of RFC 9112, 3.2 */
    RequestMessage(String method, String target) {
        super(method, "/");
        this.target = target;
    }

    @Override
    public String getRequestUri() {
        return target;
    }
}
