package cairn.wire.http;

import java.util.Iterator;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/** The head of a request, checked: what follows it, and what becomes of the connection. */
record RequestHead(
        String method,
        String path,
        Query query,
        ClassicHttpRequest message,
        long contentLength,
        boolean chunked,
        boolean keepAlive,
        boolean expectsContinue,
        @Nullable String upgrade) {
    private static final int MAX_METHOD = 20;

    static RequestHead check(ClassicHttpRequest message) throws MalformedRequestException {
        boolean current = message.getVersion().greaterEquals(HttpVersion.HTTP_1_1);
        if (message.getVersion().getMajor() != 1) {
            throw new MalformedRequestException(505, "unsupported protocol version " + message.getVersion());
        }
        if (current && message.countHeaders("Host") != 1) {
            throw new MalformedRequestException(400, "missing or repeated Host header");
        }
        String target = target(message.getRequestUri());
        int mark = target.indexOf('?');
        boolean chunked = chunked(message);
        return new RequestHead(
                method(message.getMethod()),
                path(mark < 0 ? target : target.substring(0, mark)),
                Query.parse(mark < 0 ? "" : target.substring(mark + 1)),
                message,
                length(message, chunked),
                chunked,
                current ? !lists(message, "Connection", "close") : lists(message, "Connection", "keep-alive"),
                current && lists(message, "Expect", "100-continue"),
                upgrade(message));
    }

    /** Stands for a request that could not be read, so that it can be refused all the same. */
    static RequestHead unreadable() {
        ClassicHttpRequest message = new BasicClassicHttpRequest("GET", (String) null);
        message.setVersion(HttpVersion.HTTP_1_1);
        return new RequestHead("GET", "/", Query.EMPTY, message, 0, false, false, false, null);
    }

    /** The first value of a header. */
    @Nullable
    String header(String name) {
        Header header = message.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** HTTP/1.0 clients know no chunks and no 101. */
    boolean isHttp11() {
        return message.getVersion().greaterEquals(HttpVersion.HTTP_1_1);
    }

    private static String method(String method) throws MalformedRequestException {
        if (method.length() > MAX_METHOD || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
            throw new MalformedRequestException(400, "invalid method");
        }
        return method;
    }

    /** The origin form of a target; clients behind proxies send the absolute form, RFC 9112 section 3.2.2. */
    private static String target(String uri) throws MalformedRequestException {
        if (!uri.startsWith("/") && !uri.equals("*")) {
            int authority = uri.indexOf("://");
            int slash = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
            if (slash < 0) {
                throw new MalformedRequestException(400, "invalid request target");
            }
            return uri.substring(slash);
        }
        return uri;
    }

    private static String path(String encoded) throws MalformedRequestException {
        String path = Query.decode(encoded, false);
        if (path.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw new MalformedRequestException(400, "invalid character in request path");
        }
        return path;
    }

    private static boolean chunked(ClassicHttpRequest message) throws MalformedRequestException {
        int count = message.countHeaders("Transfer-Encoding");
        if (count == 0) {
            return false;
        }
        // Both lengths at once is how requests are smuggled past a proxy: RFC 9112 section 6.1.
        if (message.countHeaders("Content-Length") > 0) {
            throw new MalformedRequestException(400, "both Content-Length and Transfer-Encoding");
        }
        String coding = message.getFirstHeader("Transfer-Encoding").getValue();
        if (count > 1 || !"chunked".equalsIgnoreCase(coding)) {
            throw new MalformedRequestException(501, "unsupported transfer encoding");
        }
        return true;
    }

    private static long length(ClassicHttpRequest message, boolean chunked) throws MalformedRequestException {
        if (chunked) {
            return -1;
        }
        @Nullable String first = null;
        for (Header header : message.getHeaders("Content-Length")) {
            String value = header.getValue();
            if (value == null
                    || value.isEmpty()
                    || value.length() > 18
                    || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw new MalformedRequestException(400, "invalid Content-Length");
            }
            if (first != null && !first.equals(value)) {
                throw new MalformedRequestException(400, "contradicting Content-Length headers");
            }
            first = value;
        }
        return first == null ? 0 : Long.parseLong(first);
    }

    private static @Nullable String upgrade(ClassicHttpRequest message) {
        Header header = message.getFirstHeader("Upgrade");
        return header != null && lists(message, "Connection", "upgrade") ? header.getValue() : null;
    }

    private static boolean lists(ClassicHttpRequest message, String name, String token) {
        for (Iterator<Header> headers = message.headerIterator(name); headers.hasNext(); ) {
            for (String part : String.valueOf(headers.next().getValue()).split(",", -1)) {
                if (part.strip().toLowerCase(Locale.ROOT).equals(token)) {
                    return true;
                }
            }
        }
        return false;
    }
}
