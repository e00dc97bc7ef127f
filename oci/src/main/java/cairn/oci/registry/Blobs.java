package cairn.oci.registry;

import cairn.oci.Digest;
import cairn.oci.http.HttpReply;
import cairn.oci.registry.RegistryException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replies to requests for blobs, judged before a byte is handed on. */
final class Blobs {
    private static final Pattern RANGE = Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\\*)");

    private Blobs() {}

    /** The stream of a reply of 200 or 206; anything that does not fit what was asked for is refused, and the reply closed. */
    static BlobStream stream(HttpReply reply, Digest digest, long size, long offset) throws RegistryException {
        boolean good = false;
        try {
            long start = reply.status() == 206 ? rangeStart(reply, digest, size, offset) : 0;
            String coding = reply.header("Content-Encoding");
            if (coding != null && !coding.equalsIgnoreCase("identity")) {
                throw invalid(digest, "comes with content encoding " + ErrorReply.clean(coding));
            }
            if (reply.length() >= 0 && reply.length() != size - start) {
                throw invalid(
                        digest,
                        "is announced with " + (reply.length() + start) + " bytes, and its descriptor says " + size);
            }
            good = true;
            return new BlobStream(new BlobBody(reply, digest, start, size), start, size);
        } finally {
            if (!good) {
                reply.abort();
            }
        }
    }

    private static long rangeStart(HttpReply reply, Digest digest, long size, long offset) throws RegistryException {
        String header = reply.header("Content-Range");
        String range = header == null ? "" : header;
        Matcher matcher = RANGE.matcher(range);
        if (offset == 0 || !matcher.matches()) {
            throw invalid(digest, "was sent as a part that was not asked for");
        }
        long from = Long.parseLong(matcher.group(1));
        long to = Long.parseLong(matcher.group(2));
        boolean whole = matcher.group(3).equals("*") || Long.parseLong(matcher.group(3)) == size;
        if (from != offset || to != size - 1 || !whole) {
            throw invalid(
                    digest,
                    "was asked for from byte " + offset + " of " + size + " on, and sent as "
                            + ErrorReply.clean(range));
        }
        return from;
    }

    private static RegistryException invalid(Digest digest, String what) {
        return new RegistryException(Kind.INVALID, "blob " + digest + " " + what);
    }
}
