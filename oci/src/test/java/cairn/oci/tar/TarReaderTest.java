package cairn.oci.tar;

import static cairn.oci.tar.Tars.ascii;
import static cairn.oci.tar.Tars.gnuHeader;
import static cairn.oci.tar.Tars.header;
import static cairn.oci.tar.Tars.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TarReaderTest {
    private static final String LONG = "d/".repeat(80) + "name";

    static Stream<Arguments> hostile() {
        String[] xattrs = new String[2 * 1025];
        for (int i = 0; i < xattrs.length; i += 2) {
            xattrs[i] = "SCHILY.xattr.user." + i;
            xattrs[i + 1] = "x";
        }
        return Stream.of(
                bad("wrong checksum", "wrong checksum", new Tars().add(put2(header("a", '0', 0), 0, "b"))),
                bad("no tar at all", "checksum", new Tars().add("x".repeat(1024).getBytes())),
                bad("half a header", "ends within a header", new Tars().add(new byte[100])),
                bad(
                        "lone zero block",
                        "lone block of zeros",
                        new Tars().add(new byte[512]).file("a", "x")),
                bad(
                        "content cut",
                        "\"a\": archive ends within its content",
                        new Tars().add(header("a", '0', 600)).add(new byte[512])),
                bad(
                        "negative size",
                        "size -1 is out of range",
                        new Tars().add(base256(header("a", '0', 0), 124, 12, -1))),
                bad(
                        "8 EiB",
                        "size 9223372036854775807 is out of range",
                        new Tars().add(base256(header("a", '0', 0), 124, 12, Long.MAX_VALUE))),
                bad(
                        "size beyond 63 bits",
                        "bad number as its size",
                        new Tars().add(sealed(header("a", '0', 0), 124, "\u0080\u0001AAAAAAAAAA"))),
                bad(
                        "letters in a number",
                        "bad number as its uid",
                        new Tars().add(sealed(header("a", '0', 0), 108, "12z4567\0"))),
                bad("uid -1", "uid -1 is out of range", new Tars().add(base256(header("a", '0', 0), 108, 8, -1))),
                bad(
                        "uid that means no change",
                        "uid 4294967295 is out of range",
                        new Tars().pax('x', "uid", "4294967295").file("a", "")),
                bad(
                        "negative gid",
                        "PAX record gid is no number",
                        new Tars().pax('x', "gid", "-5").file("a", "")),
                bad(
                        "device major too large",
                        "\"dev\": device major 4096 is out of range",
                        new Tars().add(sealed(header("dev", '3', 0), 329, "0010000\0"))),
                bad(
                        "device minor too large",
                        "device minor 1048576 is out of range",
                        new Tars().add(sealed(header("dev", '4', 0), 337, "4000000\0"))),
                bad("no name", "entry 1 has no name", new Tars().add(header("", '0', 0))),
                bad("symlink to nowhere", "\"l\": link without a target", new Tars().add(header("l", '2', 0))),
                bad("hard link to nowhere", "\"l\": link without a target", new Tars().add(header("l", '1', 0))),
                bad(
                        "name of 4096 bytes",
                        "name is longer than 4095 bytes",
                        new Tars().pax('x', "path", "a".repeat(4096)).file("a", "")),
                bad(
                        "link of 65536 bytes",
                        "\"l\": name is longer than 4095 bytes",
                        new Tars()
                                .add(gnuHeader("././@LongLink", 'K', 65536))
                                .content("a".repeat(65536))
                                .add(header("l", '2', 0))),
                bad(
                        "1025 directories",
                        "name is deeper than 1024",
                        new Tars().pax('x', "path", "a/".repeat(1025)).file("a", "")),
                bad(
                        "NUL in a path",
                        "malformed PAX record",
                        new Tars().pax('x', "path", "a\0b").file("a", "")),
                bad("name in Latin-1", "\"caf\\xe9\": name is not UTF-8", new Tars().file("caf\u00e9", "")),
                bad(
                        "names disagree",
                        "different names: \"b\" and \"c\"",
                        new Tars()
                                .pax('x', "path", "b")
                                .add(gnuHeader("l", 'L', 2))
                                .content("c\0")
                                .file("a", "")),
                bad(
                        "two PAX headers",
                        "two PAX headers",
                        new Tars().pax('x', "path", "b").pax('x', "path", "c").file("a", "")),
                bad(
                        "PAX header without entry",
                        "ends after an extended header",
                        new Tars().pax('x', "path", "b").add(new byte[1024])),
                bad("PAX header at the end", "ends after an extended header", new Tars().pax('x', "path", "b")),
                bad(
                        "global path",
                        "global PAX header with \"path\"",
                        new Tars().pax('g', "path", "b").file("a", "")),
                bad(
                        "global linkpath",
                        "global PAX header with \"linkpath\"",
                        new Tars().pax('g', "linkpath", "b").file("a", "")),
                bad(
                        "global size",
                        "global PAX header with \"size\"",
                        new Tars().pax('g', "size", "1").file("a", "")),
                bad(
                        "global attribute",
                        "global PAX header with \"SCHILY.xattr.user.a\"",
                        new Tars().pax('g', "SCHILY.xattr.user.a", "1").file("a", "")),
                bad("PAX header of 1 GiB", "larger than 1048576 bytes", new Tars().add(header("pax", 'x', 1 << 30))),
                bad("long name of 1 GiB", "larger than 1048576 bytes", new Tars().add(gnuHeader("l", 'L', 1 << 30))),
                bad("many long names", "larger than 1048576 bytes", longNames(2100)),
                bad(
                        "PAX header with a negative size",
                        "larger than 1048576 bytes",
                        new Tars().add(base256(header("pax", 'x', 0), 124, 12, -5))),
                bad("record longer than the header", "malformed PAX record", paxText("99 path=a\n")),
                bad("record with a lying length", "malformed PAX record", paxText("8 path=a\n")),
                bad("record of length zero", "malformed PAX record", paxText("0 path=a\n")),
                bad("record with a huge length", "malformed PAX record", paxText("99999999999999999999 path=a\n")),
                bad("record without equals", "malformed PAX record", paxText("8 pathh\n")),
                bad("record without key", "malformed PAX record", paxText("5 =a\n")),
                bad(
                        "attribute of 64 KiB and one",
                        "\"user.big\" is larger than 65536",
                        new Tars()
                                .pax('x', "SCHILY.xattr.user.big", "x".repeat(65537))
                                .file("a", "")),
                bad(
                        "1025 attributes",
                        "more than 1024 extended attributes",
                        new Tars().pax('x', xattrs).file("a", "")),
                bad(
                        "attribute without a name",
                        "bad name of an extended attribute",
                        new Tars().pax('x', "SCHILY.xattr.", "x").file("a", "")),
                bad(
                        "attribute with a long name",
                        "bad name of an extended attribute",
                        new Tars()
                                .pax('x', "SCHILY.xattr." + "n".repeat(256), "x")
                                .file("a", "")),
                bad(
                        "mtime is no time",
                        "mtime is no",
                        new Tars().pax('x', "mtime", "1.2.3").file("a", "")),
                bad(
                        "mtime overflows",
                        "mtime is no number",
                        new Tars().pax('x', "mtime", "99999999999999999999").file("a", "")),
                bad(
                        "size in PAX is negative",
                        "size is no number",
                        new Tars().pax('x', "size", "-1").file("a", "")),
                bad(
                        "sparse of unknown version",
                        "unknown version \"2.0\"",
                        new Tars()
                                .pax('x', "GNU.sparse.major", "2", "GNU.sparse.minor", "0")
                                .file("a", "")),
                bad(
                        "sparse map out of order",
                        "out of order",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "10,1,5,1", "GNU.sparse.size", "20")
                                .file("a", "xx")),
                bad(
                        "sparse regions overlap",
                        "out of order",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "0,2,1,1", "GNU.sparse.size", "20")
                                .file("a", "xxx")),
                bad(
                        "sparse region beyond the end",
                        "beyond the file's size",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "19,2", "GNU.sparse.size", "20")
                                .file("a", "xx")),
                bad(
                        "sparse map with half a region",
                        "offset without a length",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "1,1,2", "GNU.sparse.size", "20")
                                .file("a", "x")),
                bad(
                        "sparse data missing",
                        "tells of 4 bytes of data, but 2",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "0,4", "GNU.sparse.size", "20")
                                .file("a", "xx")),
                bad(
                        "sparse file of 8 EiB",
                        "size 9223372036854775807 is out of range",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "0,1", "GNU.sparse.size", "9223372036854775807")
                                .file("a", "x")),
                bad("sparse map of 2 MiB", "larger than 1048576 bytes", sparseMap(2 << 20)),
                bad(
                        "sparse map with letters",
                        "malformed sparse map",
                        new Tars()
                                .pax('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0")
                                .file("a", "x\n".repeat(300))),
                bad(
                        "sparse map in a short file",
                        "ends within a sparse map",
                        new Tars()
                                .pax('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0")
                                .file("a", "5\n")),
                bad(
                        "sparse directory",
                        "sparse, but no file",
                        new Tars()
                                .pax('x', "GNU.sparse.map", "0,0", "GNU.sparse.size", "0")
                                .add(header("a/", '5', 0))),
                bad(
                        "old sparse without its extension",
                        "ends within a sparse map",
                        new Tars().add(oldSparse("a", 0, true))),
                bad("old sparse in ustar", "dialect other than GNU", new Tars().add(header("a", 'S', 0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void hostileArchiveIsRefused(String what, String message, byte[] tar) {
        Assertions.assertTimeout(
                Duration.ofSeconds(5),
                () -> assertThatThrownBy(() -> Tars.read(tar))
                        .as(what)
                        .isInstanceOf(TarException.class)
                        .hasMessageContaining(message));
    }

    @Test
    void paxRecordsWinOverTheHeader() throws IOException {
        byte[] tar = new Tars()
                .pax(
                        'x',
                        "path",
                        LONG,
                        "mtime",
                        "-1.5",
                        "uid",
                        "3000000",
                        "gid",
                        "7",
                        "uname",
                        "jürgen".replace("ü", "\u00c3\u00bc"),
                        "gname",
                        "g",
                        "size",
                        "3",
                        "SCHILY.xattr.user.bin",
                        "\0=\n\u00ff")
                .add(header("short", '0', 0))
                .content("abc")
                .file("next", "x")
                .end();
        List<Tars.Read> read = Tars.read(tar);
        TarEntry entry = read.getFirst().entry();
        assertThat(entry.name()).isEqualTo(LONG);
        assertThat(entry.mtime()).isEqualTo(-2);
        assertThat(entry.mtimeNanos()).isEqualTo(500_000_000);
        assertThat(entry.uid()).isEqualTo(3_000_000);
        assertThat(entry.gid()).isEqualTo(7);
        assertThat(entry.uname()).isEqualTo("jürgen");
        assertThat(entry.size()).isEqualTo(3);
        assertThat(entry.xattrs().get("user.bin")).isEqualTo(ascii("\0=\n\u00ff"));
        assertThat(read.getFirst().content()).isEqualTo(ascii("abc"));
        assertThat(read.get(1).entry().name()).isEqualTo("next");
        assertThat(read.get(1).entry().uid()).isZero();
    }

    @Test
    void globalRecordsHoldUntilLocalOnesSayOtherwise() throws IOException {
        byte[] tar = new Tars()
                .pax('g', "comment", "of a commit", "uid", "5", "mtime", "17")
                .file("a", "")
                .pax('x', "uid", "6")
                .file("b", "")
                .end();
        List<Tars.Read> read = Tars.read(tar);
        assertThat(read).extracting(r -> r.entry().uid()).containsExactly(5L, 6L);
        assertThat(read).extracting(r -> r.entry().mtime()).containsExactly(17L, 17L);
    }

    @Test
    void emptyRecordTakesTheHeadersValue() throws IOException {
        byte[] tar =
                new Tars().pax('x', "path", "", "size", "").file("a", "xyz").end();
        assertThat(Tars.read(tar).getFirst().entry().name()).isEqualTo("a");
        assertThat(Tars.read(tar).getFirst().content()).hasSize(3);
    }

    @Test
    void gnuLongNamesEndAtNul() throws IOException {
        byte[] tar = new Tars()
                .add(gnuHeader("././@LongLink", 'L', LONG.length() + 1))
                .content(LONG + "\0")
                .add(gnuHeader("././@LongLink", 'K', LONG.length() + 1))
                .content(LONG + "\0")
                .add(gnuHeader("x", '2', 0))
                .end();
        TarEntry entry = Tars.read(tar).getFirst().entry();
        assertThat(entry.name()).isEqualTo(LONG);
        assertThat(entry.linkName()).isEqualTo(LONG);
    }

    @Test
    void onlyFilesHaveContent() throws IOException {
        byte[] link = header("l", '1', 5);
        put(link, 157, "a");
        byte[] tar = new Tars()
                .add(header("d/", '5', 1000))
                .add(seal(link))
                .file("a", "x")
                .end();
        List<Tars.Read> read = Tars.read(tar);
        assertThat(read)
                .extracting(r -> r.entry().type())
                .containsExactly(TarType.DIRECTORY, TarType.HARD_LINK, TarType.FILE);
        assertThat(read).extracting(r -> r.entry().size()).containsExactly(0L, 0L, 1L);
    }

    @Test
    void unknownTypesKeepTheirFlagAndContent() throws IOException {
        byte[] tar = new Tars()
                .add(header("v", 'Z', 3))
                .content("abc")
                .file("a", "x")
                .end();
        Tars.Read first = Tars.read(tar).getFirst();
        assertThat(first.entry().type()).isEqualTo(TarType.OTHER);
        assertThat(first.entry().flag()).isEqualTo('Z');
        assertThat(first.content()).isEqualTo(ascii("abc"));
    }

    @Test
    void v7DirectoryIsKnownByItsSlash() throws IOException {
        byte[] directory = header("d/", '\0', 0);
        put(directory, 257, "\0\0\0\0\0\0\0\0");
        byte[] tar = new Tars().add(seal(directory)).end();
        assertThat(Tars.read(tar).getFirst().entry().type()).isEqualTo(TarType.DIRECTORY);
    }

    @Test
    void ustarPrefixIsPartOfTheName() throws IOException {
        byte[] prefixed = header("name", '0', 0);
        put(prefixed, 345, "some/prefix");
        assertThat(Tars.read(new Tars().add(seal(prefixed)).end())
                        .getFirst()
                        .entry()
                        .name())
                .isEqualTo("some/prefix/name");
    }

    @Test
    void archiveMayEndWithoutEndBlocksOrPadding() throws IOException {
        assertThat(Tars.read(new Tars().file("a", "x").cut())).hasSize(1);
        assertThat(Tars.read(new Tars().file("a", "x").add(new byte[512]).cut()))
                .hasSize(1);
        assertThat(Tars.read(new Tars()
                                .add(header("a", '0', 3))
                                .add(ascii("abc"))
                                .cut())
                        .getFirst()
                        .content())
                .hasSize(3);
        assertThat(Tars.read(new byte[0])).isEmpty();
    }

    @Test
    void whatFollowsTheEndBlocksIsReadButNoEntry() throws IOException {
        byte[] second = new Tars().file("b", "y").end();
        InputStream in = new ByteArrayInputStream(
                new Tars().file("a", "x").add(new byte[1024]).add(second).cut());
        assertThat(Tars.read(new TarReader(in, TarLimits.DEFAULT))).hasSize(1);
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void namesThatAreNotUtf8ComeEscapedWhereTheyAreAccepted() throws IOException {
        byte[] tar = new Tars().file("caf\u00e9", "").end();
        TarReader reader = new TarReader(new ByteArrayInputStream(tar), TarLimits.DEFAULT).acceptAnyNames();
        assertThat(TarName.encode(Tars.read(reader).getFirst().entry().name())).isEqualTo(ascii("caf\u00e9"));
    }

    @Test
    void sparseFilesAreExpanded() throws IOException {
        byte[] expected = new byte[20];
        put(expected, 3, "abc");
        put(expected, 10, "de");
        byte[] map = new byte[512];
        put(map, 0, "2\n3\n3\n10\n2\n");
        List<byte[]> tars = List.of(
                new Tars()
                        .pax(
                                'x',
                                "GNU.sparse.size",
                                "20",
                                "GNU.sparse.numblocks",
                                "2",
                                "GNU.sparse.offset",
                                "3",
                                "GNU.sparse.numbytes",
                                "3",
                                "GNU.sparse.offset",
                                "10",
                                "GNU.sparse.numbytes",
                                "2")
                        .file("f", "abcde")
                        .end(),
                new Tars()
                        .pax('x', "GNU.sparse.size", "20", "GNU.sparse.name", "f", "GNU.sparse.map", "3,3,10,2")
                        .file("GNUSparseFile.1/f", "abcde")
                        .end(),
                new Tars()
                        .pax(
                                'x',
                                "GNU.sparse.major",
                                "1",
                                "GNU.sparse.minor",
                                "0",
                                "GNU.sparse.realsize",
                                "20",
                                "GNU.sparse.name",
                                "f")
                        .add(header("GNUSparseFile.1/f", '0', 517))
                        .add(map)
                        .content("abcde")
                        .end(),
                new Tars()
                        .add(oldSparse("f", 20, false, 3, 3, 10, 2))
                        .content("abcde")
                        .end());
        for (byte[] tar : tars) {
            List<Tars.Read> read = Tars.read(tar);
            assertThat(read).hasSize(1);
            assertThat(read.getFirst().entry().name()).isEqualTo("f");
            assertThat(read.getFirst().entry().size()).isEqualTo(20);
            assertThat(read.getFirst().content()).isEqualTo(expected);
        }
    }

    @Test
    void holesCountAgainstTheLimitOnTheWhole() {
        byte[] tar = new Tars()
                .pax('x', "GNU.sparse.map", "0,1", "GNU.sparse.size", "900000")
                .file("a", "x")
                .pax('x', "GNU.sparse.map", "0,1", "GNU.sparse.size", "900000")
                .file("b", "x")
                .end();
        TarLimits limits = TarLimits.DEFAULT.withTotalBytes(1_000_000);
        assertThatThrownBy(() -> Tars.read(new TarReader(new ByteArrayInputStream(tar), limits)))
                .isInstanceOf(TarException.class)
                .hasMessage("tar entry \"b\": archive is larger than 1000000 bytes");
    }

    @Test
    void entriesAndBytesAreLimited() {
        byte[] tar = new Tars().file("a", "x").file("b", "y").end();
        assertThatThrownBy(
                        () -> Tars.read(new TarReader(new ByteArrayInputStream(tar), TarLimits.DEFAULT.withEntries(1))))
                .hasMessage("tar entry \"b\": archive has more than 1 entries");
        assertThatThrownBy(() ->
                        Tars.read(new TarReader(new ByteArrayInputStream(tar), TarLimits.DEFAULT.withTotalBytes(2048))))
                .hasMessage("archive is larger than 2048 bytes");
    }

    @Test
    void cutAnywhereItIsRefusedOrGivesTheEntriesBeforeTheCut() throws IOException {
        byte[] tar = new Tars()
                .pax('x', "path", LONG)
                .file("a", "x".repeat(700))
                .file("b", "y")
                .end();
        for (int length = 0; length < tar.length; length += 7) {
            byte[] cut = java.util.Arrays.copyOf(tar, length);
            try {
                assertThat(Tars.read(cut)).hasSizeLessThanOrEqualTo(2);
            } catch (TarException e) {
                assertThat(e).hasMessageContaining("ends");
            }
        }
    }

    @Test
    void mutatedArchivesNeverFailInAnyOtherWay() throws IOException {
        byte[] map = new byte[512];
        put(map, 0, "2\n3\n3\n10\n2\n");
        byte[] tar = new Tars()
                .pax('g', "comment", "c", "uid", "1")
                .pax('x', "path", LONG, "mtime", "12.75", "SCHILY.xattr.user.a", "v", "size", "5")
                .file("a", "abcde")
                .add(gnuHeader("././@LongLink", 'L', LONG.length() + 1))
                .content(LONG + "\0")
                .add(oldSparse("f", 20, false, 3, 3, 10, 2))
                .content("abcde")
                .pax(
                        'x',
                        "GNU.sparse.major",
                        "1",
                        "GNU.sparse.minor",
                        "0",
                        "GNU.sparse.realsize",
                        "20",
                        "GNU.sparse.name",
                        "f")
                .add(header("s", '0', 517))
                .add(map)
                .content("abcde")
                .pax('x', "GNU.sparse.size", "20", "GNU.sparse.map", "3,3,10,2")
                .file("g", "abcde")
                .end();
        TarLimits limits = TarLimits.DEFAULT.withTotalBytes(1 << 20);
        int refused = 0;
        for (int seed = 0; seed < 6_000; seed++) {
            Random random = new Random(seed);
            byte[] mutated = tar.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(mutated.length);
                mutated[at] = (byte)
                        (random.nextBoolean() ? random.nextInt(256) : "0123456789 ,=\n\0".charAt(random.nextInt(15)));
                if (random.nextInt(4) > 0) {
                    seal(mutated, at & ~511);
                }
            }
            String streamed =
                    outcome(() -> Tars.read(new TarReader(new ByteArrayInputStream(mutated), limits).acceptAnyNames()));
            String inPieces = outcome(() -> Tars.readPieces(
                    new TarReader(new Tars.Pieces(mutated, random.nextLong()), limits).acceptAnyNames(), random));
            assertThat(inPieces).as("seed %d", seed).isEqualTo(streamed);
            refused += streamed.startsWith("refused") ? 1 : 0;
        }
        assertThat(refused).isBetween(300, 5_999);
    }

    private interface Reading {
        List<Tars.Read> read() throws IOException;
    }

    private static String outcome(Reading reading) throws IOException {
        try {
            return Tars.shown(reading.read()).toString();
        } catch (TarException e) {
            return "refused: " + e.getMessage();
        }
    }

    private static void seal(byte[] tar, int at) {
        byte[] block = java.util.Arrays.copyOfRange(tar, at, at + 512);
        System.arraycopy(Tars.seal(block), 0, tar, at, 512);
    }

    private static Arguments bad(String what, String message, Tars tar) {
        return Arguments.of(what, message, tar.cut());
    }

    private static byte[] put2(byte[] header, int at, String text) {
        put(header, at, text);
        return header;
    }

    private static byte[] sealed(byte[] header, int at, String text) {
        return seal(put2(header, at, text));
    }

    private static byte[] seal(byte[] header) {
        return Tars.seal(header);
    }

    private static byte[] base256(byte[] header, int at, int width, long value) {
        for (int i = 0; i < width; i++) {
            int shift = 8 * (width - 1 - i);
            header[at + i] = (byte) (shift >= 64 ? value >> 63 : value >> shift);
        }
        header[at] |= (byte) 0x80;
        return seal(header);
    }

    private static Tars paxText(String text) {
        return new Tars().add(header("pax", 'x', text.length())).content(text).file("a", "");
    }

    private static Tars longNames(int count) {
        Tars tars = new Tars();
        for (int i = 0; i < count; i++) {
            tars.add(gnuHeader("l", 'L', 2)).content("c\0");
        }
        return tars;
    }

    private static Tars sparseMap(int bytes) {
        byte[] map = new byte[bytes];
        java.util.Arrays.fill(map, (byte) '0');
        for (int i = 7; i < bytes; i += 8) {
            map[i] = '\n';
        }
        put(map, 0, "9000000\n");
        return new Tars()
                .pax('x', "GNU.sparse.major", "1", "GNU.sparse.minor", "0")
                .add(header("a", '0', bytes))
                .content(map);
    }

    private static byte[] oldSparse(String name, long realSize, boolean extended, long... map) {
        long stored = 0;
        for (int i = 1; i < map.length; i += 2) {
            stored += map[i];
        }
        byte[] header = gnuHeader(name, 'S', stored);
        for (int i = 0; i < map.length; i++) {
            put(header, 386 + 12 * i, "%011o\0".formatted(map[i]));
        }
        header[482] = (byte) (extended ? 1 : 0);
        put(header, 483, "%011o\0".formatted(realSize));
        return seal(header);
    }
}
