package cairn.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Headers that lie about their numbers, their lengths, and where the archive ends. */
final class Headers {
    private static final long GIB = 1 << 30;

    private Headers() {}

    static void addTo(Cases cases) {
        numbers(cases);
        times(cases);
        owners(cases);
        records(cases);
        global(cases);
        extended(cases);
        ends(cases);
    }

    private static void numbers(Cases cases) {
        for (long size : new long[] {-1, Long.MIN_VALUE >> 8, -512, (1L << 40) + 1, 1L << 62, Long.MAX_VALUE}) {
            cases.refused(
                    "size of " + size,
                    "a",
                    cases.tar().entry("a", new RawHeader('0', "a").base256(RawHeader.SIZE, 12, size)));
        }
        cases.refused(
                "size beyond 63 bits",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "\u0080\u0001AAAAAAAAAA")));
        cases.refused(
                "size that overflows to a small one",
                "a",
                cases.tar()
                        .entry(
                                "a",
                                new RawHeader('0', "a").text(RawHeader.SIZE, "\u0080\0\0\u0001\0\0\0\0\0\0\0\u0004")));
        cases.refused(
                "largest octal size",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "777777777777")));
        cases.refused(
                "size of letters",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "12345678abc\0")));
        cases.refused(
                "size in hexadecimal",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "0x100000000\0")));
        cases.refused(
                "size with a sign",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "-0000000001\0")));
        cases.refused(
                "size with a digit after its end",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "1 2        \0")));
        cases.confined(
                "size of blanks",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.SIZE, "            ")),
                "a",
                "file ");
        cases.confined(
                "size of NULs",
                cases.tar().entry("a", new RawHeader('0', "a").bytes(RawHeader.SIZE, 12, new byte[0])),
                "a",
                "file ");
        for (String size : List.of(
                "-1",
                "+1",
                " 1",
                "1 ",
                "0x1",
                "1e3",
                "1.0",
                "99999999999999999999",
                "18446744073709551615",
                "\u0661")) {
            cases.refused(
                    "PAX size " + Names.printable(size),
                    null,
                    cases.tar().pax("size", size).file("a", "x"));
        }
        cases.refused(
                "PAX size that is not there",
                "a",
                cases.tar().pax("size", "1099511627776").file("a", "x"));
        cases.refused(
                "PAX size over the limit",
                "a",
                cases.tar().pax("size", "1099511627777").file("a", "x"));
        cases.refused(
                "PAX size of 8 EiB",
                "a",
                cases.tar().pax("size", "9223372036854775807").file("a", "x"));
        cases.refused(
                "PAX size that hides an entry",
                "../evil",
                cases.tar()
                        .pax("size", "0")
                        .entry("a", new RawHeader('0', "a").size(1024))
                        .file("../evil", "x"));
        cases.confined(
                "PAX size that swallows an entry",
                cases.tar()
                        .pax("size", "1024")
                        .entry("a", new RawHeader('0', "a").size(0))
                        .file("../evil", "x"),
                "a",
                "any");
    }

    private static void times(Cases cases) {
        for (long time :
                new long[] {-1, -1_000_000_000_000L, 253_402_300_800L, 1L << 34, Long.MAX_VALUE, Long.MIN_VALUE}) {
            cases.confined(
                    "time " + time,
                    cases.tar().entry("a", new RawHeader('0', "a").base256(RawHeader.MTIME, 12, time)),
                    "a",
                    "file ");
        }
        for (String time : List.of(
                "-1.5",
                "0.000000001",
                "253402300800.999999999999",
                "-99999999999",
                "9223372036854775807",
                "-9223372036854775807.9",
                "1.",
                "0.5")) {
            cases.confined("PAX time " + time, cases.tar().pax("mtime", time).file("a", "x"), "a", "file x");
            cases.confined(
                    "PAX time " + time + " of a directory",
                    cases.tar().pax("mtime", time).directory("a"),
                    "a",
                    "dir");
        }
        for (String time : List.of(
                "x",
                "1.2.3",
                "1.x",
                "--1",
                "1e9",
                "99999999999999999999",
                "-",
                ".",
                ".5",
                " 1",
                "-9223372036854775809")) {
            cases.refused(
                    "PAX time " + Names.printable(time),
                    null,
                    cases.tar().pax("mtime", time).file("a", "x"));
        }
        cases.refused(
                "time of letters",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.MTIME, "tomorrow!!!\0")));
        cases.confined(
                "access time of letters, which nobody reads",
                cases.tar().pax("atime", "tomorrow", "ctime", "x").file("a", "x"));
    }

    private static void owners(Cases cases) {
        for (long id : new long[] {-1, 1L << 32, (1L << 32) - 1, Long.MAX_VALUE >> 8}) {
            cases.refused(
                    "uid " + id, "a", cases.tar().entry("a", new RawHeader('0', "a").base256(RawHeader.UID, 8, id)));
            cases.refused(
                    "gid " + id, "a", cases.tar().entry("a", new RawHeader('5', "a").base256(RawHeader.GID, 8, id)));
        }
        for (String id : List.of("-1", "4294967295", "4294967296", "18446744073709551616", "root", "0x0")) {
            cases.refused("PAX uid " + id, null, cases.tar().pax("uid", id).file("a", "x"));
            cases.refused("PAX gid " + id, null, cases.tar().pax("gid", id).symlink("a", "x"));
        }
        cases.confined(
                "largest owner",
                cases.tar().pax("uid", "4294967294", "gid", "4294967294").file("a", "x"),
                "a",
                "file x");
        cases.confined(
                "names of owners count for nothing",
                cases.tar()
                        .pax("uname", "root", "gname", "shadow", "uid", "1000")
                        .file("a", "x"));
        cases.confined(
                "name of an owner of 100 KiB",
                cases.tar().pax("uname", "u".repeat(100 << 10)).file("a", "x"));
    }

    private static void records(Cases cases) {
        for (String text : List.of(
                "99 path=a\n",
                "8 path=a\n",
                "0 path=a\n",
                "-9 path=a\n",
                "99999999999999999999 path=a\n",
                "4294967305 path=a\n",
                "8 pathh\n",
                "5 =a\n",
                "path=a\n",
                " 9 path=a\n",
                "9  path=a\n",
                "9\tpath=a\n",
                "9 path=a ",
                "9 path=ab\n",
                "+9 path=a\n",
                "09path=a\n",
                "x9 path=a\n",
                "9 path=a\n\n",
                "9 path=a\n9 path",
                "3 \n")) {
            cases.refused(
                    "record " + Names.printable(text),
                    null,
                    cases.tar()
                            .extended('x', text.getBytes(StandardCharsets.US_ASCII))
                            .file("a", "x"));
        }
        StringBuilder million = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            million.append("10 k=vvvv\n");
        }
        cases.confined(
                "100,000 records",
                cases.tar()
                        .extended('x', million.toString().getBytes(StandardCharsets.US_ASCII))
                        .file("a", "x"));
        cases.refused(
                "1,000,000 records",
                null,
                cases.tar()
                        .extended('x', million.toString().repeat(10).getBytes(StandardCharsets.US_ASCII))
                        .file("a", "x"));
        cases.confined(
                "unknown records",
                cases.tar().pax("EVIL.run", "/bin/sh", "hdrcharset", "BINARY").file("a", "x"),
                "a",
                "file x");
        cases.confined(
                "records that nobody may have meant",
                cases.tar()
                        .pax("GNU.volume.label", "x", "SCHILY.filetype", "sparse")
                        .file("a", "x"),
                "a",
                "file x");
    }

    private static void global(Cases cases) {
        for (String key : List.of("path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.size", "GNU.sparse.map")) {
            cases.refused("global " + key, null, cases.tar().global(key, "1").file("a", "x"));
        }
        cases.confined(
                "global owner",
                cases.tar().global("uid", "1000", "gid", "1000", "mtime", "17").file("a", "x"),
                "a",
                "file x");
        cases.refused(
                "global owner out of range",
                null,
                cases.tar().global("uid", "4294967295").file("a", "x"));
        cases.confined(
                "global comment",
                cases.tar()
                        .global("comment", "0123456789abcdef0123456789abcdef01234567")
                        .file("a", "x"));
        cases.confined("global records at the end", cases.tar().file("a", "x").global("comment", "x"), "a", "file x");
        cases.refused(
                "global path between a header and its entry",
                null,
                cases.tar().pax("path", "a").global("path", "../evil").file("b", "x"));
        cases.refused(
                "global records of 1 GiB",
                null,
                cases.tar().raw(new RawHeader('g', "g").size(GIB).block()));
    }

    private static void extended(Cases cases) {
        for (char type : Cases.each("xgLK")) {
            for (long size : new long[] {GIB, (1 << 20) + 1, -1, Long.MAX_VALUE >> 8}) {
                cases.refused(
                        "header '" + type + "' of " + size + " bytes",
                        null,
                        cases.tar()
                                .raw(new RawHeader(type, "h")
                                        .gnu()
                                        .base256(RawHeader.SIZE, 12, size)
                                        .block())
                                .file("a", "x"));
            }
            cases.refused(
                    "header '" + type + "' without its content",
                    null,
                    cases.tar()
                            .raw(new RawHeader(type, "h").gnu().size(4096).block())
                            .cut());
        }
        cases.refused(
                "two PAX headers",
                null,
                cases.tar().pax("path", "b").pax("path", "c").file("a", "x"));
        cases.refused("PAX header at the end", null, cases.tar().pax("path", "b"));
        cases.refused(
                "PAX header at a sudden end", null, cases.tar().pax("path", "b").cut());
        cases.refused("GNU name at the end", null, cases.tar().gnuName("b"));
        cases.confined(
                "GNU name given twice",
                cases.tar().gnuName("../evil").gnuName("b").file("a", "x"),
                "b",
                "file x");
        RawTar names = cases.tar();
        for (int i = 0; i < 2100; i++) {
            names.gnuName("n" + i);
        }
        cases.refused("2,100 GNU names for one entry", null, names.file("a", "x"));
        cases.refused(
                "PAX header of Solaris",
                "PaxHeaders/x",
                cases.tar().extended('X', RawTar.records("path", "../evil")).file("a", "x"));
    }

    private static void ends(Cases cases) {
        cases.refused("wrong checksum", "a", cases.tar().entry("a", new RawHeader('0', "a").damaged()));
        cases.refused("checksum of letters", null, cases.tar().raw(letters(new RawHeader('0', "a").block())));
        cases.refused(
                "no archive at all", null, "this is no archive\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
        cases.refused("half a header", null, cases.tar().raw(new byte[100]).cut());
        cases.refused(
                "lone block of zeros",
                null,
                cases.tar().raw(new byte[RawHeader.BLOCK]).file("../evil", "x"));
        cases.confined("no end blocks", cases.tar().file("a", "x").cut(), "a", "file x");
        cases.confined(
                "one end block",
                cases.tar().file("a", "x").raw(new byte[RawHeader.BLOCK]).cut(),
                "a",
                "file x");
        cases.confined(
                "no padding at the end",
                cases.tar()
                        .entry("a", new RawHeader('0', "a").size(1))
                        .raw(new byte[] {'x'})
                        .cut(),
                "a",
                "file x");
        cases.confined(
                "data after the end",
                cases.tar()
                        .raw(new byte[1024])
                        .raw("evil".repeat(500).getBytes(StandardCharsets.US_ASCII))
                        .cut(),
                "evil",
                "absent");
        cases.confined("two archives glued", cases.tar().raw(new byte[1024]).file("../evil", "x"), "evil", "absent");
        cases.confined("a mebibyte of zeros at the end", cases.tar().raw(new byte[1 << 20]));
        cases.confined("GNU header", cases.tar().entry("a", new RawHeader('0', "a").gnu()), "a", "file ");
        cases.confined(
                "unknown magic is old tar",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.MAGIC, "evil!\0\0\0")),
                "a",
                "file ");
        byte[] signed = new RawHeader('0', "").text(0, "\u00c3\u00a4").block();
        int sum = 0;
        for (int i = 0; i < signed.length; i++) {
            sum += i >= RawHeader.CHECKSUM && i < RawHeader.CHECKSUM + 8 ? ' ' : signed[i];
        }
        byte[] text = String.format(Locale.ROOT, "%06o", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, signed, RawHeader.CHECKSUM, text.length);
        cases.confined("checksum of signed bytes", cases.tar().raw(signed), "\u00e4", "file ");
        cases.refused("bzip2", null, "BZh91AY&SY".getBytes(StandardCharsets.US_ASCII));
        cases.refused("xz", null, new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 4});
        cases.refused("gzip header and nothing else", null, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3});
        cases.refused("zstd header and nothing else", null, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd});
        cases.refused("zip", null, ("PK\u0003\u0004" + "x".repeat(600)).getBytes(StandardCharsets.US_ASCII));
        cases.refused("cpio", null, ("070701" + "0".repeat(600)).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] letters(byte[] header) {
        header[RawHeader.CHECKSUM + 2] = 'z';
        return header;
    }
}
