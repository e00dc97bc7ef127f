package cairn.hostile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Archives that are too much: entries, names, attributes, and compressed data that grow. To be unpacked on a small volume, with little memory. */
public final class Volumes {
    private static final String XATTR = "SCHILY.xattr.user.";

    private Volumes() {}

    /** @param patient with those that take gigabytes to be read */
    public static List<HostileLayer> all(boolean patient) {
        Cases cases = new Cases("volume", "/nowhere");
        entries(cases);
        memory(cases);
        gzip(cases);
        zstd(cases);
        if (patient) {
            cases.refused("3,000,001 entries that make nothing", null, () -> new Repeated(3_000_001, Volumes::nothing));
        }
        return cases.all();
    }

    private static byte[] nothing(long i) {
        String name = ".wh..wh.x/" + i;
        return new RawTar().entry(name, new RawHeader('0', name)).cut();
    }

    private static void entries(Cases cases) {
        cases.swallowed("50,000 entries that make nothing", () -> new Repeated(50_000, Volumes::nothing));
        cases.refused(
                "files without end",
                null,
                () -> Repeated.endless(i -> new RawTar().file("f" + i, "").cut()));
        cases.refused(
                "directories without end",
                null,
                () -> Repeated.endless(i -> new RawTar().directory("d" + i).cut()));
        cases.refused(
                "links without end",
                null,
                () -> Repeated.endless(
                        i -> new RawTar().symlink("l" + i, "x".repeat(99)).cut()));
        cases.refused(
                "long links without end",
                null,
                () -> Repeated.endless(
                        i -> new RawTar().symlink("l" + i, "x".repeat(4000)).cut()));
        cases.refused(
                "whiteouts without end",
                null,
                () -> Repeated.endless(i -> new RawTar().file(".wh.w" + i, "").cut()));
        cases.refused(
                "deep directories without end",
                null,
                () -> Repeated.endless(i ->
                        new RawTar().directory("d" + i + "/" + "x/".repeat(400)).cut()));
        cases.refused(
                "names of one file without end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(new RawTar().file("f", "x").cut()),
                        Repeated.endless(
                                i -> new RawTar().hardLink("h" + i, "f").cut())));
        byte[] zeros = new byte[64 << 10];
        cases.refused(
                "content without end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(new RawTar()
                                .entry("f", new RawHeader('0', "f").size(1L << 39))
                                .cut()),
                        Repeated.endless(i -> zeros)));
        cases.refused(
                "content without end of an unknown kind",
                "f",
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(new RawTar()
                                .entry("f", new RawHeader('Z', "f").size(1L << 39))
                                .cut()),
                        Repeated.endless(i -> zeros)));
        cases.refused(
                "extended headers without end",
                null,
                () -> Repeated.endless(i -> new RawTar().gnuName("n" + i).cut()));
    }

    /** Each name of a directory is another, and all are the same directory. */
    private static void memory(Cases cases) {
        String component = "l".repeat(244);
        RawTar links = new RawTar();
        for (char letter : Cases.each("01")) {
            links.symlink(component + letter, ".");
        }
        byte[] begin = links.directory("d").cut();
        cases.refused(
                "one directory by long names without end",
                null,
                () -> new SequenceInputStream(new ByteArrayInputStream(begin), Repeated.endless(i -> {
                    StringBuilder name = new StringBuilder();
                    for (int bit = 0; bit < 16; bit++) {
                        name.append(component).append(i >> bit & 1).append('/');
                    }
                    return new RawTar().directory(name + "d").cut();
                })));
        String value = "x".repeat(3000);
        cases.refused(
                "attributes of directories without end",
                null,
                () -> Repeated.endless(i -> new RawTar()
                        .pax(XATTR + "a", value, XATTR + "b", value)
                        .directory("d" + i)
                        .cut()));
        String large = "x".repeat(60_000);
        cases.refused(
                "large attributes of directories without end",
                null,
                () -> Repeated.endless(i -> new RawTar()
                        .pax(XATTR + "a", large, XATTR + "b", large, XATTR + "c", large)
                        .directory("d" + i)
                        .cut()));
        String owner = "u".repeat(900_000);
        cases.swallowed(
                "300 large names of owners",
                () -> new Repeated(
                        300,
                        i -> new RawTar().pax("uname", owner).directory("d" + i).cut()));
    }

    private static void gzip(Cases cases) {
        byte[] bomb = gzipped(new byte[16 << 20]);
        byte[] promise = gzipped(
                new RawTar().entry("f", new RawHeader('0', "f").size(10L << 30)).cut());
        cases.refused(
                "10 GiB of zeros in 10 MiB of gzip",
                null,
                () -> new SequenceInputStream(new ByteArrayInputStream(promise), new Repeated(640, i -> bomb)));
        cases.refused(
                "zeros after the end without end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(
                                gzipped(new RawTar().file("f", "x").end())),
                        Repeated.endless(i -> bomb)));
        byte[] whole = Truncations.whole();
        cases.swallowed(
                "a gzip member for each 20 bytes",
                () -> new Repeated(
                        (whole.length + 19) / 20,
                        i -> gzipped(
                                Arrays.copyOfRange(whole, (int) i * 20, Math.min(whole.length, (int) i * 20 + 20)))));
        byte[] nothing = gzipped(new byte[0]);
        cases.swallowed(
                "100,000 empty gzip members",
                () -> new SequenceInputStream(
                        new Repeated(100_000, i -> nothing), new ByteArrayInputStream(gzipped(whole))));
        cases.refused(
                "name in the gzip header without end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(gzipHeader(8)),
                        Repeated.endless(i -> "name".repeat(1000).getBytes(StandardCharsets.US_ASCII))));
        cases.refused(
                "comment in the gzip header without end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(gzipHeader(16)),
                        Repeated.endless(i -> "name".repeat(1000).getBytes(StandardCharsets.US_ASCII))));
        cases.swallowed("extra field of 64 KiB", () -> {
            byte[] gzip = gzipped(whole);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(gzipHeader(4));
            out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xff});
            out.writeBytes(new byte[0xffff]);
            out.write(gzip, 10, gzip.length - 10);
            return new ByteArrayInputStream(out.toByteArray());
        });
        cases.refused("gzip within gzip", null, gzipped(gzipped(whole)));
        byte[] flipped = gzipped(whole);
        flipped[flipped.length - 8] ^= 1;
        cases.refused("gzip with a wrong checksum", null, flipped);
        byte[] wrong = gzipped(whole);
        wrong[wrong.length - 1] ^= 1;
        cases.refused("gzip with a wrong length", null, wrong);
        byte[] trailing = Arrays.copyOf(gzipped(whole), gzipped(whole).length + 100);
        trailing[trailing.length - 1] = 'x';
        cases.refused("garbage after gzip", null, trailing);
        cases.refused("deflate data that looks back too far", null, concat(gzipHeader(0), new byte[] {
            0x4b, 0x04, 0x62, 0x00, 0, 0
        }));
        cases.refused("deflate block of a reserved type", null, concat(gzipHeader(0), new byte[] {7, 0, 0, 0, 0, 0}));
        cases.refused("unknown gzip method", null, new byte[] {0x1f, (byte) 0x8b, 7, 0, 0, 0, 0, 0, 0, 3, 0, 0});
    }

    private static void zstd(Cases cases) {
        byte[] whole = Truncations.whole();
        byte[] honest = zstd(whole);
        cases.swallowed("zstd of raw blocks", () -> new ByteArrayInputStream(honest));
        byte[] skippable = concat(new byte[] {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0}, new byte[4]);
        cases.swallowed(
                "10,000 skippable frames",
                () -> new SequenceInputStream(new Repeated(10_000, i -> skippable), new ByteArrayInputStream(honest)));
        cases.refused("skippable frame of 4 GiB that is not there", null, new byte[] {
            0x50, 0x2a, 0x4d, 0x18, -1, -1, -1, -1, 0
        });
        cases.refused("nothing but a skippable frame, cut", null, new byte[] {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1});
        byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
        cases.refused("zstd window of 2 GiB", null, concat(magic, new byte[] {0, (byte) 0xa8, 1, 0, 0}));
        cases.refused("zstd window of 3.75 TiB", null, concat(magic, new byte[] {0, (byte) 0xff, 1, 0, 0}));
        cases.refused("zstd content of 16 EiB", null, concat(magic, new byte[] {
            (byte) 0xe0, -1, -1, -1, -1, -1, -1, -1, -1, 1, 0, 0
        }));
        cases.refused("zstd with a dictionary", null, concat(magic, new byte[] {0x21, 1, 0, 1, 0, 0}));
        cases.refused("zstd block of a reserved type", null, concat(magic, new byte[] {0, 0x38, 7, 0, 0}));
        cases.refused("zstd block of 2 MiB", null, concat(magic, new byte[] {0, 0x58, (byte) 0xf9, -1, -1}));
        byte[] bomb = rle(128 << 10);
        cases.refused(
                "10 GiB of zeros in 300 KiB of zstd",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(concat(magic, new byte[] {0, 0x38})),
                        new Repeated(80_000, i -> bomb)));
        byte[] empty = {0, 0, 0};
        cases.refused(
                "empty zstd blocks, then the end",
                null,
                () -> new SequenceInputStream(
                        new ByteArrayInputStream(concat(magic, new byte[] {0, 0x38})),
                        new Repeated(100_000, i -> empty)));
        cases.refused("garbage after zstd", null, concat(honest, new byte[] {1, 2, 3, 4, 5}));
    }

    /** A frame of raw blocks. */
    private static byte[] zstd(byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(content.length + 100).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xfd2fb528).put((byte) 0).put((byte) 0x38);
        for (int at = 0; at < content.length; ) {
            int n = Math.min(16 << 10, content.length - at);
            block(out, at + n == content.length, 0, n);
            out.put(content, at, n);
            at += n;
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] rle(int length) {
        ByteBuffer out = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        block(out, false, 1, length);
        return out.array();
    }

    private static void block(ByteBuffer out, boolean last, int type, int length) {
        int header = (last ? 1 : 0) | type << 1 | length << 3;
        out.put((byte) header).put((byte) (header >> 8)).put((byte) (header >> 16));
    }

    private static byte[] gzipHeader(int flags) {
        return new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 0, 0, 0, 0, 0, 3};
    }

    static byte[] gzipped(byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
