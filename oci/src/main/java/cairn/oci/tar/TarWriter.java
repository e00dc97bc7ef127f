package cairn.oci.tar;

import static cairn.oci.tar.TarInput.BLOCK;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a tar archive as Docker does, byte for byte what Go's {@code archive/tar} makes of the same entries: a ustar header where
 * everything fits in one, else PAX records in front of it.
 */
public final class TarWriter implements Closeable {
    private static final int NAME = 100;
    private static final int PREFIX = 155;
    private static final int OWNER = 32;
    private static final long MAX_ID = 07777777;
    private static final long MAX_LARGE = 077777777777L;
    private static final int COPY_BUFFER = 64 << 10;

    private final OutputStream out;
    private final byte[] header = new byte[BLOCK];
    private byte[] copyBuffer = new byte[0];
    private boolean finished;

    public TarWriter(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes an entry with its content, of which exactly {@link TarEntry#size} bytes are read.
     *
     * @throws TarException where the content is shorter or the entry cannot be expressed
     */
    public void write(TarEntry entry, InputStream content) throws IOException {
        writeHeaders(entry);
        if (copyBuffer.length == 0) {
            copyBuffer = new byte[COPY_BUFFER];
        }
        for (long left = entry.size(); left > 0; ) {
            int n = content.read(copyBuffer, 0, (int) Math.min(left, copyBuffer.length));
            if (n < 0) {
                throw new TarException("tar entry " + TarName.quote(entry.name()) + ": content has "
                        + (entry.size() - left) + " bytes, not " + entry.size());
            }
            out.write(copyBuffer, 0, n);
            left -= n;
        }
        pad(entry.size());
    }

    /** Content that goes its own way into the archive. */
    @FunctionalInterface
    public interface Content {
        /** Writes exactly as many bytes as the entry says. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes an entry whose content writes itself. */
    public void write(TarEntry entry, Content content) throws IOException {
        writeHeaders(entry);
        content.writeTo(out);
        pad(entry.size());
    }

    /** Writes an entry with its content, which must be as long as the entry says. */
    public void write(TarEntry entry, byte[] content) throws IOException {
        if (content.length != entry.size()) {
            throw new TarException("tar entry " + TarName.quote(entry.name()) + ": content has " + content.length
                    + " bytes, not " + entry.size());
        }
        write(entry, new ByteArrayInputStream(content));
    }

    /** Writes an entry without content. */
    public void write(TarEntry entry) throws IOException {
        write(entry, new byte[0]);
    }

    /** Writes the end of the archive and flushes; the stream stays open. */
    public void finish() throws IOException {
        if (!finished) {
            finished = true;
            out.write(new byte[2 * BLOCK]);
        }
        out.flush();
    }

    /** Finishes the archive, if it is not yet, and closes the stream. */
    @Override
    public void close() throws IOException {
        try (out) {
            finish();
        }
    }

    private void writeHeaders(TarEntry entry) throws IOException {
        if (finished) {
            throw new TarException("archive is finished");
        }
        if (entry.size() > 0 && !entry.type().hasContent()) {
            throw new TarException("tar entry " + TarName.quote(entry.name()) + ": content, but no file");
        }
        byte[] name = bytes(entry, "name", entry.name());
        byte[] link = bytes(entry, "link target", entry.linkName());
        int split = splitPoint(name);
        Map<String, byte[]> records = records(entry, name, link);
        boolean ustar = records.isEmpty() || (records.size() == 1 && records.containsKey("path") && split > 0);
        if (!ustar) {
            writeRecords(name, records);
            split = 0;
        }
        Arrays.fill(header, (byte) 0);
        text(0, NAME, name, split == 0 ? 0 : split + 1);
        octal(100, 8, entry.mode());
        octal(108, 8, entry.uid());
        octal(116, 8, entry.gid());
        octal(124, 12, entry.size());
        octal(136, 12, entry.mtime());
        text(157, NAME, link, 0);
        text(265, OWNER, bytes(entry, "user", entry.uname()), 0);
        text(297, OWNER, bytes(entry, "group", entry.gname()), 0);
        octal(329, 8, entry.devMajor());
        octal(337, 8, entry.devMinor());
        System.arraycopy(name, 0, header, 345, split);
        writeHeader(entry.flag());
    }

    /** What does not fit in a ustar header, by the PAX key, in the order in which Go writes it. */
    private static Map<String, byte[]> records(TarEntry entry, byte[] name, byte[] link) throws TarException {
        Map<String, byte[]> records = new TreeMap<>();
        putText(records, "path", name, NAME);
        putText(records, "linkpath", link, NAME);
        putText(records, "uname", bytes(entry, "user", entry.uname()), OWNER);
        putText(records, "gname", bytes(entry, "group", entry.gname()), OWNER);
        putNumber(records, "uid", entry.uid(), MAX_ID);
        putNumber(records, "gid", entry.gid(), MAX_ID);
        putNumber(records, "size", entry.size(), MAX_LARGE);
        if (entry.mtime() < 0 || entry.mtime() > MAX_LARGE || entry.mtimeNanos() != 0) {
            records.put("mtime", ascii(time(entry.mtime(), entry.mtimeNanos())));
        }
        if (entry.devMajor() < 0 || entry.devMajor() > MAX_ID || entry.devMinor() < 0 || entry.devMinor() > MAX_ID) {
            throw new TarException("tar entry " + TarName.quote(entry.name()) + ": device number out of range");
        }
        for (Map.Entry<String, byte[]> xattr : entry.xattrs().entrySet()) {
            String key = xattr.getKey();
            if (key.isEmpty() || key.indexOf('=') >= 0 || key.indexOf('\0') >= 0) {
                throw new TarException("tar entry " + TarName.quote(entry.name())
                        + ": bad name of an extended attribute: " + TarName.quote(key));
            }
            records.put("SCHILY.xattr." + key, xattr.getValue());
        }
        return records;
    }

    private static void putText(Map<String, byte[]> records, String key, byte[] value, int width) {
        if (value.length > width || !isAscii(value)) {
            records.put(key, value);
        }
    }

    private static void putNumber(Map<String, byte[]> records, String key, long value, long max) {
        if (value > max) {
            records.put(key, ascii(Long.toString(value)));
        }
    }

    private static String time(long seconds, int nanos) {
        if (nanos == 0) {
            return Long.toString(seconds);
        }
        boolean negative = seconds < 0;
        String text = (negative ? "-" : "")
                + String.format(
                        Locale.ROOT,
                        "%d.%09d",
                        negative ? -(seconds + 1) : seconds,
                        negative ? 1_000_000_000 - nanos : nanos);
        int end = text.length();
        while (text.charAt(end - 1) == '0') {
            end--;
        }
        return text.substring(0, end);
    }

    private void writeRecords(byte[] name, Map<String, byte[]> records) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> record : records.entrySet()) {
            byte[] key = record.getKey().getBytes(StandardCharsets.UTF_8);
            int body = key.length + record.getValue().length + 3;
            int length = body + digits(body);
            length = body + digits(length);
            content.writeBytes(ascii(length + " "));
            content.writeBytes(key);
            content.write('=');
            content.writeBytes(record.getValue());
            content.write('\n');
        }
        Arrays.fill(header, (byte) 0);
        byte[] recordsName = recordsName(name);
        System.arraycopy(recordsName, 0, header, 0, recordsName.length);
        octal(100, 8, 0);
        octal(108, 8, 0);
        octal(116, 8, 0);
        octal(124, 12, content.size());
        octal(136, 12, 0);
        writeHeader('x');
        content.writeTo(out);
        pad(content.size());
    }

    /** {@code etc/PaxHeaders.0/passwd}: ASCII only, cut to fit. */
    private static byte[] recordsName(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        int slash = text.lastIndexOf('/');
        String path = clean(text.substring(0, slash + 1) + "PaxHeaders.0/" + text.substring(slash + 1));
        byte[] ascii = toAscii(path.getBytes(StandardCharsets.ISO_8859_1));
        int length = Math.min(ascii.length, NAME);
        while (length > 0 && ascii[length - 1] == '/') {
            length--;
        }
        return Arrays.copyOf(ascii, length);
    }

    /** A path without empty and {@code .} components, and {@code ..} only where nothing precedes it, as Go's {@code path.Clean} does. */
    static String clean(String path) {
        if (isClean(path)) {
            return path;
        }
        boolean rooted = path.startsWith("/");
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (!part.equals("..")
                    || (!rooted && (parts.isEmpty() || parts.getLast().equals("..")))) {
                parts.addLast(part);
            } else if (!parts.isEmpty()) {
                parts.removeLast();
            }
        }
        String joined = String.join("/", parts);
        return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
    }

    /** Whether a path obviously is clean already, as most are: relative, no component empty or with a dot at its start. */
    private static boolean isClean(String path) {
        char last = '/';
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (last == '/' && (c == '/' || c == '.')) {
                return false;
            }
            last = c;
        }
        return last != '/';
    }

    private void writeHeader(char flag) throws IOException {
        header[156] = (byte) flag;
        System.arraycopy(ascii("ustar\0" + "00"), 0, header, 257, 8);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(148, 7, sum);
        out.write(header);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
    }

    /** Writes text from {@code from} on, cut and in ASCII where that is needed; the whole is in a PAX record then. */
    private void text(int field, int width, byte[] value, int from) {
        byte[] ascii = toAscii(Arrays.copyOfRange(value, from, value.length));
        int length = Math.min(width, ascii.length);
        System.arraycopy(ascii, 0, header, field, length);
        if (ascii.length > width && header[field + width - 1] == '/') {
            // A name cut just after a slash would look like a directory's to readers of the plain header.
            int end = width;
            while (end > 0 && header[field + end - 1] == '/') {
                end--;
            }
            header[field + end] = 0;
        }
    }

    private void octal(int field, int width, long value) {
        String digits = Long.toOctalString(value);
        if (value < 0 || digits.length() >= width) {
            // The number is in a PAX record.
            digits = "0";
        }
        Arrays.fill(header, field, field + width - 1, (byte) '0');
        header[field + width - 1] = 0;
        for (int i = 0; i < digits.length(); i++) {
            header[field + width - 1 - digits.length() + i] = (byte) digits.charAt(i);
        }
    }

    /** Where a long name's prefix ends, so that prefix and rest fit in a ustar header; 0 where they do not, or need not. */
    private static int splitPoint(byte[] name) {
        if (name.length <= NAME || !isAscii(name)) {
            return 0;
        }
        int length = name.length;
        if (length > PREFIX + 1) {
            length = PREFIX + 1;
        } else if (name[length - 1] == '/') {
            length--;
        }
        int slash = length - 1;
        while (slash >= 0 && name[slash] != '/') {
            slash--;
        }
        int rest = name.length - slash - 1;
        return slash <= 0 || rest > NAME || rest == 0 ? 0 : slash;
    }

    private static byte[] bytes(TarEntry entry, String what, String text) throws TarException {
        if (text.indexOf('\0') >= 0) {
            throw new TarException("tar entry " + TarName.quote(entry.name()) + ": NUL in its " + what);
        }
        try {
            return TarName.encode(text);
        } catch (IllegalArgumentException e) {
            throw new TarException("tar entry " + TarName.quote(entry.name()) + ": bad text as its " + what, e);
        }
    }

    private static byte[] toAscii(byte[] value) {
        if (isAscii(value)) {
            return value;
        }
        byte[] ascii = new byte[value.length];
        int length = 0;
        for (byte b : value) {
            if (b > 0) {
                ascii[length++] = b;
            }
        }
        return Arrays.copyOf(ascii, length);
    }

    private static boolean isAscii(byte[] value) {
        for (byte b : value) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static int digits(int n) {
        return Integer.toString(n).length();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
