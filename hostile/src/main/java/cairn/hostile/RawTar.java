package cairn.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes tar archives that no tar program would write: any name, any type, any lie. Long names go into PAX records by themselves. */
public final class RawTar {
    private static final int SHORT = 100;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private String last = "";

    public RawTar file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public RawTar file(String name, byte[] content) {
        return named('0', name, "", content);
    }

    public RawTar executable(String name, byte[] content) {
        return entry(name, new RawHeader('0', name).mode(0755).size(content.length))
                .content(content);
    }

    public RawTar directory(String name) {
        return named('5', name, "", new byte[0]);
    }

    public RawTar symlink(String name, String target) {
        return named('2', name, target, new byte[0]);
    }

    public RawTar hardLink(String name, String target) {
        return named('1', name, target, new byte[0]);
    }

    public RawTar fifo(String name) {
        return named('6', name, "", new byte[0]);
    }

    public RawTar charDevice(String name, int major, int minor) {
        return entry(name, new RawHeader('3', name).device(major, minor));
    }

    public RawTar blockDevice(String name, int major, int minor) {
        return entry(name, new RawHeader('4', name).device(major, minor));
    }

    /** An entry of this type with a name of any length. */
    public RawTar named(char type, String name, String link, byte[] content) {
        if (isLong(name) && isLong(link)) {
            pax("path", name, "linkpath", link);
        } else if (isLong(name)) {
            pax("path", name);
        } else if (isLong(link)) {
            pax("linkpath", link);
        }
        return entry(name, new RawHeader(type, name).link(link).size(content.length))
                .content(content);
    }

    private static boolean isLong(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length > SHORT;
    }

    /** A header as it is, of the entry {@code name}. */
    public RawTar entry(String name, RawHeader header) {
        last = name;
        return raw(header.block());
    }

    /** Bytes filled up to whole blocks. */
    public RawTar content(byte[] content) {
        raw(content);
        return raw(new byte[-content.length & (RawHeader.BLOCK - 1)]);
    }

    public RawTar content(String content) {
        return content(content.getBytes(StandardCharsets.UTF_8));
    }

    public RawTar raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** A PAX header for the next entry: key, value, key, value. */
    public RawTar pax(String... records) {
        return extended('x', records(records));
    }

    /** A PAX header for all entries that follow. */
    public RawTar global(String... records) {
        return extended('g', records(records));
    }

    /** A PAX header with any text in it. */
    public RawTar extended(char type, byte[] content) {
        return raw(new RawHeader(type, "PaxHeaders/x").size(content.length).block())
                .content(content);
    }

    public RawTar gnuName(String name) {
        return gnuLong('L', name);
    }

    public RawTar gnuLink(String target) {
        return gnuLong('K', target);
    }

    private RawTar gnuLong(char type, String text) {
        byte[] content = (text + "\0").getBytes(StandardCharsets.UTF_8);
        return raw(new RawHeader(type, "././@LongLink")
                        .gnu()
                        .size(content.length)
                        .block())
                .content(content);
    }

    /** PAX records with right lengths. */
    static byte[] records(String... records) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = 0; i < records.length; i += 2) {
            content.writeBytes(record(records[i], records[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return content.toByteArray();
    }

    static byte[] record(String key, byte[] value) {
        byte[] name = (" " + key + "=").getBytes(StandardCharsets.UTF_8);
        int length = name.length + value.length + 2;
        while (Integer.toString(length).length() + name.length + value.length + 1 != length) {
            length++;
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(Integer.toString(length).getBytes(StandardCharsets.US_ASCII));
        record.writeBytes(name);
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    /** The name of the last entry. */
    String last() {
        return last;
    }

    /** Where the next block will stand. */
    int length() {
        return out.size();
    }

    /** With the two blocks of zeros that end an archive. */
    public byte[] end() {
        return Arrays.copyOf(out.toByteArray(), out.size() + 2 * RawHeader.BLOCK);
    }

    /** Without an end. */
    public byte[] cut() {
        return out.toByteArray();
    }
}
