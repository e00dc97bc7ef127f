package cairn.hostile;

import java.nio.charset.StandardCharsets;

/** Sparse files in all forms, whose maps are wrong or huge (CVE-2025-58183). */
final class SparseFiles {
    private static final String SIZE = "GNU.sparse.size";
    private static final String MAP = "GNU.sparse.map";

    private SparseFiles() {}

    static void addTo(Cases cases) {
        inRecords(cases);
        inContent(cases);
        inHeaders(cases);
        virtual(cases);
    }

    private static void inRecords(Cases cases) {
        map(cases, "out of order", "10,1,5,1", "20", "xx");
        map(cases, "overlapping", "0,2,1,1", "20", "xxx");
        map(cases, "the same region twice", "0,1,0,1", "20", "xx");
        map(cases, "beyond the end", "19,2", "20", "xx");
        map(cases, "starting beyond the end", "21,0", "20", "");
        map(cases, "half a region", "1,1,2", "20", "x");
        map(cases, "less data than it says", "0,4", "20", "xx");
        map(cases, "more data than it says", "0,1", "20", "xx");
        map(cases, "overflow of a region", "9223372036854775807,1", "20", "x");
        map(cases, "overflow of the sum", "0,9223372036854775807,0,2", "20", "x");
        map(cases, "negative", "-1,1", "20", "x");
        map(cases, "letters", "a,b", "20", "x");
        map(cases, "empty numbers", ",,,", "20", "x");
        map(cases, "size negative", "0,1", "-1", "x");
        map(cases, "size of 8 EiB", "0,1", "9223372036854775807", "x");
        map(cases, "size over the limit", "0,1", "1099511627777", "x");
        map(cases, "size smaller than the data", "0,2", "1", "xx");
        cases.refused(
                "offset without a length",
                null,
                cases.tar()
                        .pax(SIZE, "20", "GNU.sparse.offset", "1", "GNU.sparse.offset", "2")
                        .file("a", "x"));
        cases.refused(
                "length without an offset",
                null,
                cases.tar().pax(SIZE, "20", "GNU.sparse.numbytes", "1").file("a", "x"));
        cases.refused(
                "map of a million regions",
                null,
                cases.tar().pax(SIZE, "20", MAP, "1,0,".repeat(300_000) + "1,0").file("a", "x"));
        cases.refused(
                "version unknown",
                "a",
                cases.tar()
                        .pax("GNU.sparse.major", "2", "GNU.sparse.minor", "0")
                        .file("a", "x"));
        cases.refused(
                "version of letters",
                "a",
                cases.tar()
                        .pax("GNU.sparse.major", "one", "GNU.sparse.minor", "0")
                        .file("a", "x"));
        cases.refused(
                "name that climbs",
                "../evil",
                cases.tar()
                        .pax("GNU.sparse.name", "../evil", SIZE, "4", MAP, "0,1")
                        .file("a", "x"));
        cases.refused(
                "name that disagrees with GNU's",
                null,
                cases.tar()
                        .gnuName("c")
                        .pax("GNU.sparse.name", "b", SIZE, "4", MAP, "0,1")
                        .file("a", "x"));
        cases.refused("link", "a", cases.tar().pax(SIZE, "4", MAP, "0,0").symlink("a", "x"));
        cases.refused("directory", "a", cases.tar().pax(SIZE, "4", MAP, "0,0").directory("a"));
        cases.confined("honest", cases.tar().pax(SIZE, "4", MAP, "1,1").file("a", "x"), "a", "file \0x\0\0");
        cases.confined(
                "name of its own",
                cases.tar().pax("GNU.sparse.name", "b", SIZE, "2", MAP, "0,1").file("../evil", "x"),
                "b",
                "file x\0");
        cases.confined("nothing but a hole", cases.tar().pax(SIZE, "4", MAP, "").file("a", ""), "a", "file \0\0\0\0");
        cases.confined(
                "regions of nothing",
                cases.tar().pax(SIZE, "4", MAP, "0,0,1,1,2,0,4,0").file("a", "x"),
                "a",
                "file \0x\0\0");
    }

    private static void map(Cases cases, String name, String map, String size, String data) {
        cases.refused(
                name,
                size.startsWith("-") || map.matches(".*[a-z-].*|,.*|.*,,.*|1,1,2") ? null : "a",
                cases.tar().pax(SIZE, size, MAP, map).file("a", data));
    }

    private static void inContent(Cases cases) {
        content(cases, "letters in the content's map", "x\n".repeat(300), true);
        content(cases, "content's map cut", "5\n", true);
        content(cases, "content's map of nothing", "", true);
        content(cases, "content's map with a number of 20 digits", "1\n99999999999999999999\n1\n", true);
        content(cases, "content's map that promises too much", "1000000\n0\n1\n", true);
        content(cases, "content's map that overlaps", "2\n0\n2\n1\n1\n", true);
        cases.refused(
                "content's map of a million regions",
                "a",
                cases.tar()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "20")
                        .file("a", "1000000\n" + "0\n0\n".repeat(400_000)));
        byte[] file = new byte[1024];
        byte[] map = "1\n1\n512\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(map, 0, file, 0, map.length);
        file[512] = 'x';
        cases.confined(
                "honest, with its map in the content",
                cases.tar()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "600")
                        .file("a", file),
                "a",
                "any");
    }

    private static void content(Cases cases, String name, String map, boolean padded) {
        byte[] text = map.getBytes(StandardCharsets.US_ASCII);
        byte[] file = padded && text.length > 2 ? java.util.Arrays.copyOf(text, (text.length + 511) / 512 * 512) : text;
        cases.refused(
                name,
                "a",
                cases.tar()
                        .pax("GNU.sparse.major", "1", "GNU.sparse.minor", "0", "GNU.sparse.realsize", "20")
                        .file("a", file));
    }

    private static RawHeader old(long offset, long length, long real) {
        return new RawHeader('S', "a")
                .gnu()
                .octal(RawHeader.SPARSE, 12, offset)
                .octal(RawHeader.SPARSE + 12, 12, length)
                .octal(RawHeader.SPARSE + 97, 12, real);
    }

    private static void inHeaders(Cases cases) {
        cases.confined("old form", cases.tar().entry("a", old(1, 1, 4).size(1)).content("x"), "a", "file \0x\0\0");
        cases.refused("old form in ustar", "a", cases.tar().entry("a", new RawHeader('S', "a")));
        cases.refused(
                "old form beyond its end",
                "a",
                cases.tar().entry("a", old(4, 1, 4).size(1)).content("x"));
        cases.refused(
                "old form with more data than it says",
                "a",
                cases.tar().entry("a", old(0, 1, 4).size(2)).content("xx"));
        cases.refused(
                "old form negative",
                "a",
                cases.tar()
                        .entry(
                                "a",
                                old(0, 1, 4).base256(RawHeader.SPARSE, 12, -1).size(1))
                        .content("x"));
        cases.refused(
                "old form of 8 EiB",
                "a",
                cases.tar()
                        .entry(
                                "a",
                                old(0, 1, 4)
                                        .base256(RawHeader.SPARSE + 97, 12, Long.MAX_VALUE)
                                        .size(1))
                        .content("x"));
        cases.refused(
                "old form without its extension",
                "a",
                cases.tar()
                        .entry(
                                "a",
                                old(0, 1, 4).text(RawHeader.SPARSE + 96, "\1").size(1))
                        .cut());
        RawTar endless = cases.tar()
                .entry("a", old(0, 1, 4).text(RawHeader.SPARSE + 96, "\1").size(1));
        byte[] extension = new byte[RawHeader.BLOCK];
        extension[504] = 1;
        for (int i = 0; i < 3000; i++) {
            endless.raw(extension);
        }
        cases.refused("old form with 3,000 extensions", "a", endless);
    }

    private static void virtual(Cases cases) {
        cases.confined(
                "64 GiB of nothing",
                cases.tar().pax(SIZE, "68719476736", MAP, "0,1").file("a", "x"),
                "a",
                "size 68719476736");
        cases.confined(
                "64 GiB of nothing in the old form",
                cases.tar()
                        .entry(
                                "a",
                                old(0, 1, 4)
                                        .base256(RawHeader.SPARSE + 97, 12, 64L << 30)
                                        .size(1))
                        .content("x"),
                "a",
                "size 68719476736");
        cases.confined(
                "end beyond what is there",
                cases.tar().pax(SIZE, "68719476736", MAP, "68719476735,1").file("a", "x"),
                "a",
                "size 68719476736");
        RawTar many = cases.tar();
        for (int i = 0; i < 40; i++) {
            many.pax(SIZE, "68719476736", MAP, "").file("a" + i, "");
        }
        cases.refused("64 GiB of nothing, 40 times", null, many);
    }
}
