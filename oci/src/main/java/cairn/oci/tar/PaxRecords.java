package cairn.oci.tar;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the extended headers in front of an entry say of it: PAX records (POSIX pax, "pax Extended Header") and GNU's long names. A null
 * field was not said, and the header block's own value holds.
 */
final class PaxRecords {
    private static final String XATTR = "SCHILY.xattr.";
    private static final int MAX_XATTR_NAME = 255;

    private final TarLimits limits;
    private int bytes;

    /** Whether a PAX header for this entry alone was read. */
    boolean local;

    @Nullable
    String path;

    @Nullable
    String linkPath;

    @Nullable
    String gnuName;

    @Nullable
    String gnuLink;

    @Nullable
    String uname;

    @Nullable
    String gname;

    @Nullable
    Long uid;

    @Nullable
    Long gid;

    @Nullable
    Long size;

    @Nullable
    Time mtime;

    Map<String, byte[]> xattrs = Map.of();

    @Nullable
    String sparseName;

    @Nullable
    Long sparseSize;

    @Nullable
    String sparseMajor;

    @Nullable
    String sparseMinor;

    SparseMap.@Nullable Builder sparseMap;
    private long sparseOffset = -1;

    /** @param nanos 0 to 999,999,999, added to {@code seconds} */
    record Time(long seconds, int nanos) {}

    PaxRecords(TarLimits limits) {
        this.limits = limits;
    }

    /** Whether nothing was said. */
    boolean isEmpty() {
        return bytes == 0;
    }

    /** Counts bytes of extended headers, before they are read. */
    void charge(long n) throws TarException {
        if (n < 0 || n > limits.headerBytes() - (long) bytes) {
            throw new TarException("extended header is larger than " + limits.headerBytes() + " bytes");
        }
        bytes += (int) n;
    }

    /** Takes over from global records what was not said for this entry alone. */
    void inherit(PaxRecords global) {
        uname = uname != null ? uname : global.uname;
        gname = gname != null ? gname : global.gname;
        uid = uid != null ? uid : global.uid;
        gid = gid != null ? gid : global.gid;
        mtime = mtime != null ? mtime : global.mtime;
    }

    void addGnuName(byte[] content) {
        gnuName = gnuText(content);
    }

    void addGnuLink(byte[] content) {
        gnuLink = gnuText(content);
    }

    /** The path that the extended headers give; two that disagree are refused, since other programs might pick the other one. */
    @Nullable
    String name() throws TarException {
        return agreed(sparseName != null && sparse() ? sparseName : path, gnuName);
    }

    @Nullable
    String linkName() throws TarException {
        return agreed(linkPath, gnuLink);
    }

    /** Whether the records describe a sparse file of a version that is known. */
    boolean sparse() throws TarException {
        if (sparseMajor == null && sparseMinor == null) {
            return sparseMap != null;
        }
        String version = sparseMajor + "." + sparseMinor;
        return switch (version) {
            case "0.0", "0.1", "1.0" -> true;
            default -> throw new TarException("sparse file of an unknown version " + TarName.quote(version));
        };
    }

    /** Whether the sparse map stands in front of the content (version 1.0) and not in the records. */
    boolean sparseMapInContent() {
        return "1".equals(sparseMajor);
    }

    /**
     * Adds the records of an extended header.
     *
     * @param global refuses records that cannot hold for more than one entry
     */
    void add(byte[] content, boolean global) throws TarException {
        for (int at = 0; at < content.length; ) {
            int space = at;
            int length = 0;
            for (; space < content.length && content[space] != ' '; space++) {
                int digit = content[space] - '0';
                if (digit < 0 || digit > 9 || length > content.length) {
                    throw malformed();
                }
                length = length * 10 + digit;
            }
            int end = at + length;
            if (length <= space - at + 2 || end > content.length || end < 0 || content[end - 1] != '\n') {
                throw malformed();
            }
            int equals = space + 1;
            while (equals < end && content[equals] != '=') {
                equals++;
            }
            if (equals >= end - 1 || equals == space + 1) {
                throw malformed();
            }
            add(TarName.decode(content, space + 1, equals - space - 1), content, equals + 1, end - 1, global);
            at = end;
        }
        if (sparseOffset >= 0) {
            throw new TarException("sparse map has an offset without a length");
        }
    }

    private void add(String key, byte[] content, int from, int to, boolean global) throws TarException {
        if (key.indexOf('\0') >= 0) {
            throw malformed();
        }
        if (key.startsWith(XATTR)) {
            refuseGlobal(key, global);
            addXattr(key.substring(XATTR.length()), content, from, to);
            return;
        }
        // An empty value takes the record back.
        boolean empty = from == to;
        switch (key) {
            case "path" -> {
                refuseGlobal(key, global);
                path = empty ? null : text(content, from, to);
            }
            case "linkpath" -> {
                refuseGlobal(key, global);
                linkPath = empty ? null : text(content, from, to);
            }
            case "size" -> {
                refuseGlobal(key, global);
                size = empty ? null : (Long) number(key, content, from, to);
            }
            case "uname" -> uname = empty ? null : text(content, from, to);
            case "gname" -> gname = empty ? null : text(content, from, to);
            case "uid" -> uid = empty ? null : (Long) number(key, content, from, to);
            case "gid" -> gid = empty ? null : (Long) number(key, content, from, to);
            case "mtime" -> mtime = empty ? null : time(text(content, from, to));
            default -> {
                if (key.startsWith("GNU.sparse.")) {
                    refuseGlobal(key, global);
                    addSparse(key, content, from, to);
                }
            }
        }
    }

    private void addXattr(String name, byte[] content, int from, int to) throws TarException {
        if (name.isEmpty() || TarName.isEscaped(name) || TarName.encode(name).length > MAX_XATTR_NAME) {
            throw new TarException("bad name of an extended attribute: " + TarName.quote(name));
        }
        if (to - from > limits.xattrBytes()) {
            throw new TarException(
                    "extended attribute " + TarName.quote(name) + " is larger than " + limits.xattrBytes() + " bytes");
        }
        if (xattrs.isEmpty()) {
            xattrs = new LinkedHashMap<>();
        }
        byte[] value = new byte[to - from];
        System.arraycopy(content, from, value, 0, value.length);
        xattrs.put(name, value);
        if (xattrs.size() > limits.xattrs()) {
            throw new TarException("more than " + limits.xattrs() + " extended attributes");
        }
    }

    private void addSparse(String key, byte[] content, int from, int to) throws TarException {
        switch (key) {
            case "GNU.sparse.major" -> sparseMajor = text(content, from, to);
            case "GNU.sparse.minor" -> sparseMinor = text(content, from, to);
            case "GNU.sparse.name" -> sparseName = text(content, from, to);
            case "GNU.sparse.size", "GNU.sparse.realsize" -> sparseSize = number(key, content, from, to);
            case "GNU.sparse.offset" -> {
                if (sparseOffset >= 0) {
                    throw new TarException("sparse map has an offset without a length");
                }
                map().charge(to - from);
                sparseOffset = number(key, content, from, to);
            }
            case "GNU.sparse.numbytes" -> {
                if (sparseOffset < 0) {
                    throw new TarException("sparse map has a length without an offset");
                }
                map().charge(to - from);
                map().add(sparseOffset, number(key, content, from, to));
                sparseOffset = -1;
            }
            case "GNU.sparse.map" -> {
                map().charge(to - from);
                addMap(key, content, from, to);
            }
            default -> {
                // GNU.sparse.numblocks says again what the map says.
            }
        }
    }

    private void addMap(String key, byte[] content, int from, int to) throws TarException {
        long offset = -1;
        for (int start = from; start < to; ) {
            int comma = start;
            while (comma < to && content[comma] != ',') {
                comma++;
            }
            long value = number(key, content, start, comma);
            if (offset < 0) {
                offset = value;
            } else {
                map().add(offset, value);
                offset = -1;
            }
            start = comma + 1;
        }
        if (offset >= 0) {
            throw new TarException("sparse map has an offset without a length");
        }
    }

    private SparseMap.Builder map() {
        if (sparseMap == null) {
            sparseMap = new SparseMap.Builder(limits.sparseMapBytes());
        }
        return sparseMap;
    }

    private static @Nullable String agreed(@Nullable String pax, @Nullable String gnu) throws TarException {
        if (pax != null && gnu != null && !pax.equals(gnu)) {
            throw new TarException(
                    "PAX and GNU headers give different names: " + TarName.quote(pax) + " and " + TarName.quote(gnu));
        }
        return gnu != null ? gnu : pax;
    }

    private static void refuseGlobal(String key, boolean global) throws TarException {
        if (global) {
            throw new TarException("global PAX header with " + TarName.quote(key));
        }
    }

    private static TarException malformed() {
        return new TarException("malformed PAX record");
    }

    private static @Nullable String gnuText(byte[] content) {
        int length = 0;
        while (length < content.length && content[length] != 0) {
            length++;
        }
        return length == 0 ? null : TarName.decode(content, 0, length);
    }

    private static String text(byte[] content, int from, int to) throws TarException {
        for (int i = from; i < to; i++) {
            if (content[i] == 0) {
                throw malformed();
            }
        }
        return TarName.decode(content, from, to - from);
    }

    /** A decimal number that is not negative. */
    private static long number(String key, byte[] content, int from, int to) throws TarException {
        return number(key, new String(content, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private static long number(String key, String text) throws TarException {
        if (text.isEmpty() || text.length() > 19 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new TarException("PAX record " + key + " is no number: " + TarName.quote(text));
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new TarException("PAX record " + key + " is no number: " + TarName.quote(text), e);
        }
    }

    /** Seconds with a fraction, of which nanoseconds are kept. */
    private static Time time(String text) throws TarException {
        boolean negative = text.startsWith("-");
        String digits = negative ? text.substring(1) : text;
        int dot = digits.indexOf('.');
        long seconds = number("mtime", dot < 0 ? digits : digits.substring(0, dot));
        String fraction = dot < 0 ? "" : digits.substring(dot + 1);
        if (!fraction.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new TarException("PAX record mtime is no time: " + TarName.quote(text));
        }
        int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
        if (!negative) {
            return new Time(seconds, nanos);
        }
        return nanos == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, 1_000_000_000 - nanos);
    }
}
