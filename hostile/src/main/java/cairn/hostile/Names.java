package cairn.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Names that climb, pretend, or cannot be. */
final class Names {
    private Names() {}

    static void addTo(Cases cases) {
        climbing(cases);
        theRoot(cases);
        odd(cases);
        long_(cases);
        bytes(cases);
        slashes(cases);
        twoHeaders(cases);
    }

    private static void climbing(Cases cases) {
        for (String name : List.of(
                "../evil",
                "../../evil",
                "../../../../../../etc/evil",
                "a/../../evil",
                "a/b/../../../evil",
                "a/b/c/../../../../evil",
                "./../evil",
                "././.././evil",
                "a/./../../evil",
                "a//../..//evil",
                "a/../../../evil",
                "/../evil",
                "//..//evil",
                "/a/../../evil",
                "..//evil",
                "before/../../evil",
                "../before",
                "../diff/evil",
                "../link",
                "../../l/evil",
                cases.up + "/evil",
                cases.up + "/file",
                cases.up + "/inner/evil",
                "a/" + cases.up + "/evil")) {
            cases.refused("file " + name, name, cases.tar().file(name, "x"));
        }
        for (char type : Cases.each("123456")) {
            cases.refused("type " + type + " climbs", cases.tar().named(type, "a/../../evil", "before", new byte[0]));
        }
        for (String name : List.of("..", "../", "../.", "a/../..", "a/../../", "/..", "a/b/../../..")) {
            cases.refused("directory " + name, name, cases.tar().directory(name));
        }
    }

    private static void theRoot(Cases cases) {
        for (String name : List.of(".", "./", "/", "//", "./.", "a/..", "/.")) {
            cases.refused("file over the root as " + name, name, cases.tar().file(name, "x"));
        }
        for (char type : Cases.each("12346")) {
            cases.refused("type " + type + " over the root", cases.tar().named(type, ".", "before", new byte[0]));
        }
        for (String name : List.of(".", "./", "/", "a/..")) {
            cases.confined(
                    "mode and owner of the root as " + name,
                    cases.tar()
                            .entry(
                                    name,
                                    new RawHeader('5', name)
                                            .mode(0)
                                            .octal(RawHeader.UID, 8, 1000)
                                            .octal(RawHeader.GID, 8, 1000)),
                    ".",
                    "mode 0755");
        }
    }

    private static void odd(Cases cases) {
        for (String name : List.of(
                "...",
                "....",
                ".. ",
                "..a",
                "a..",
                "..\\evil",
                "..\\..\\evil",
                "C:\\evil",
                "\\\\host\\share",
                "%2e%2e%2fevil",
                "..%2fevil",
                "\u2025",
                "\uff0e\uff0e",
                "\u2024\u2024",
                "..\u2215evil",
                "..\u2044evil",
                "~",
                "-rf",
                "--checkpoint-action=exec=sh",
                "$(touch evil)",
                "`touch evil`",
                ";touch evil",
                "|evil",
                "*",
                "?",
                " ",
                "\t",
                "\n",
                "a\nb",
                "\r\n",
                "\u001b[2J",
                "\u0001",
                "\u007f",
                "\u0085",
                "'",
                "\"",
                "\u202etxt.exe",
                "\u200b",
                "\ufeff",
                "\uffff",
                "con",
                "nul",
                "lost+found",
                "diff",
                "work",
                "merged",
                "link",
                "lower",
                "committed",
                "l",
                "name:with:colons",
                "name,with,commas",
                "name=with")) {
            cases.confined("called " + printable(name), cases.tar().file(name, "odd"), name, "file odd");
        }
        cases.confined(
                "absolute",
                cases.tar().file(cases.canary + "/file", "x"),
                cases.canary.substring(1) + "/file",
                "file x");
        cases.confined("absolute system file", cases.tar().file("/etc/passwd", "x"), "etc/passwd", "file x");
        cases.confined("absolute with many slashes", cases.tar().file("////etc//passwd", "x"), "etc/passwd", "file x");
        cases.confined("up and back within", cases.tar().file("a/../b", "x"), "b", "file x", "a", "absent");
        cases.confined("up and back, twice", cases.tar().file("a/b/../../c", "x"), "c", "file x", "a", "absent");
        cases.confined("up through a file that is there", cases.tar().file("before/../b", "x"), "b", "file x");
        cases.confined("up after the root", cases.tar().file("/a/../b", "x"), "b", "file x");
        cases.confined("dots between", cases.tar().file("./a/././b", "x"), "a/b", "file x");
        cases.confined("slashes between", cases.tar().file("a///b", "x"), "a/b", "file x");
        cases.confined(
                "up where a link leads elsewhere",
                cases.tar().directory("x").directory("x/y").symlink("a", "x/y").file("a/../b", "x"),
                "b",
                "file x",
                "x/b",
                "absent");
    }

    private static void long_(Cases cases) {
        cases.confined("component of 255 bytes", cases.tar().file("n".repeat(255), "x"), "n".repeat(255), "file x");
        cases.refused("component of 256 bytes", cases.tar().file("n".repeat(256), "x"));
        cases.confined("254 bytes of two-byte letters", cases.tar().file("\u00e4".repeat(127), "x"));
        cases.refused("256 bytes of two-byte letters", cases.tar().file("\u00e4".repeat(128), "x"));
        cases.refused("directory of 256 bytes in the middle", cases.tar().file("a/" + "n".repeat(256) + "/b", "x"));
        cases.refused("link of 256 bytes", cases.tar().symlink("n".repeat(256), "x"));
        cases.refused("directory of 300 bytes", cases.tar().directory("n".repeat(300)));
        String deep = "0123456789abcde/".repeat(255);
        cases.confined("path of 4095 bytes", cases.tar().file(deep + "f".repeat(15), "x"));
        cases.refused("path of 4096 bytes", cases.tar().file(deep + "f".repeat(16), "x"));
        cases.refused("path of 4097 bytes", cases.tar().file(deep + "f".repeat(17), "x"));
        cases.refused("path of 65,536 bytes", cases.tar().file("0123456789abcde/".repeat(4096), "x"));
        cases.confined("1,024 directories deep", cases.tar().file("a/".repeat(1024) + "f", "x"));
        cases.refused("1,025 directories deep", cases.tar().file("a/".repeat(1025) + "f", "x"));
        cases.refused("100 KiB of directories", cases.tar().file("a/".repeat(50 << 10) + "f", "x"));
        cases.refused("dots without end", cases.tar().file("./".repeat(3000) + "f", "x"));
    }

    private static void bytes(Cases cases) {
        raw(cases, "Latin-1", "caf\u00e9");
        raw(cases, "overlong dots", "\u00c0\u00ae\u00c0\u00ae/evil");
        raw(cases, "overlong slash", "..\u00c0\u00afevil");
        raw(cases, "surrogate", "\u00ed\u00a0\u0080");
        raw(cases, "half a letter", "a\u00c3");
        raw(cases, "0xff", "\u00ff\u00fe");
        raw(cases, "beyond Unicode", "\u00f4\u0090\u0080\u0080");
        raw(cases, "five bytes", "\u00f8\u0088\u0080\u0080\u0080");
        cases.refused(
                "not UTF-8 in a directory",
                "",
                cases.tar().raw(new RawHeader('0', "").text(0, "d/\u00e9/f").block()));
        cases.refused(
                "not UTF-8 in PAX",
                "",
                cases.tar()
                        .extended('x', RawTar.record("path", "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1)))
                        .file("a", "x"));
        cases.refused(
                "not UTF-8 in a link",
                "l",
                cases.tar()
                        .raw(new RawHeader('2', "l")
                                .text(RawHeader.LINK, "caf\u00e9")
                                .block()));
        cases.confined(
                "NUL ends a name",
                cases.tar().raw(new RawHeader('0', "a").text(2, "../evil").block()),
                "a",
                "file ");
        cases.refused(
                "NUL in a PAX name",
                null,
                cases.tar().pax("path", "a\0/../../evil").file("a", "x"));
        cases.refused(
                "NUL first in a PAX name", null, cases.tar().pax("path", "\0a").file("a", "x"));
        cases.confined(
                "NUL in a GNU name", cases.tar().gnuName("a\0/../../evil").file("b", "x"), "a", "file x");
        cases.refused("no name", null, cases.tar().file("", "x"));
        cases.refused("no name for a directory", null, cases.tar().directory(""));
        cases.refused(
                "no name after a GNU name of nothing",
                null,
                cases.tar().gnuName("").file("", "x"));
        cases.confined("PAX name of nothing", cases.tar().pax("path", "").file("a", "x"), "a", "file x");
    }

    private static void raw(Cases cases, String name, String latin) {
        cases.refused(
                name, "", cases.tar().raw(new RawHeader('0', "").text(0, latin).block()));
    }

    private static void slashes(Cases cases) {
        cases.confined("file with a slash at its end", cases.tar().file("a/", "x"), "a", "file x");
        cases.confined("file with slashes at its end", cases.tar().file("a//", "x"), "a", "file x");
        cases.confined("file with a dot at its end", cases.tar().file("a/.", "x"), "a", "file x");
        cases.confined(
                "file with a slash in a directory", cases.tar().directory("d").file("d/a/", "x"), "d/a", "file x");
        cases.confined(
                "link with a slash at its end", cases.tar().symlink("a/", cases.canary), "a", "link " + cases.canary);
        cases.confined("fifo with a slash at its end", cases.tar().fifo("a/"), "a", "node");
        cases.confined("hard link with a slash at its end", cases.tar().hardLink("a/", "before"), "a", "file x");
        cases.confined("hard link to a name with a slash", cases.tar().hardLink("a", "before/"), "a", "file x");
        cases.refused(
                "directory over a link by a slash",
                cases.tar().symlink("a", cases.canary).directory("a/"));
        cases.refused(
                "directory over a link by a dot",
                cases.tar().symlink("a", cases.canary + "/inner").directory("a/."));
        cases.refused(
                "file over a link by a slash",
                cases.tar().symlink("a", cases.canary + "/file").file("a/", "x"));
        cases.refused(
                "mode through a link by a slash",
                "a",
                cases.tar().symlink("a", cases.canary).entry("a", new RawHeader('5', "a/").mode(0777)));
        cases.refused(
                "mode of the canary through a link and dots",
                "a/./inner",
                cases.tar().symlink("a", cases.canary).entry("a/./inner", new RawHeader('5', "a/./inner").mode(0777)));
    }

    private static void twoHeaders(Cases cases) {
        cases.refused(
                "PAX and GNU disagree",
                "b",
                cases.tar().pax("path", "b").gnuName("c").file("a", "x"));
        cases.refused(
                "GNU and PAX disagree",
                "c",
                cases.tar().gnuName("c").pax("path", "b").file("a", "x"));
        cases.confined(
                "PAX and GNU agree",
                cases.tar().gnuName("b").pax("path", "b").file("a", "x"),
                "b",
                "file x",
                "a",
                "absent");
        cases.confined(
                "PAX wins over a climbing header", cases.tar().pax("path", "b").file("../evil", "x"), "b", "file x");
        cases.refused(
                "PAX climbs over a good header",
                "../evil",
                cases.tar().pax("path", "../evil").file("a", "x"));
        cases.confined(
                "GNU wins over a climbing header", cases.tar().gnuName("b").file("../evil", "x"), "b", "file x");
        cases.refused(
                "GNU climbs over a good header",
                "../evil",
                cases.tar().gnuName("../evil").file("a", "x"));
        cases.confined(
                "the last of two PAX names wins",
                cases.tar().pax("path", "../evil", "path", "b").file("a", "x"),
                "b",
                "file x");
        cases.refused(
                "the last of two PAX names climbs",
                "../evil",
                cases.tar().pax("path", "b", "path", "../evil").file("a", "x"));
        cases.refused(
                "prefix climbs",
                "../evil",
                cases.tar().entry("../evil", new RawHeader('0', "evil").text(RawHeader.PREFIX, "..")));
        cases.refused(
                "prefix and name climb together",
                "a/../../evil",
                cases.tar().entry("a/../../evil", new RawHeader('0', "../evil").text(RawHeader.PREFIX, "a/..")));
        cases.confined(
                "prefix and PAX name",
                cases.tar().pax("path", "b").entry("b", new RawHeader('0', "evil").text(RawHeader.PREFIX, "..")),
                "b",
                "file ");
        cases.confined(
                "prefix in a GNU header is no prefix",
                cases.tar().entry("b", new RawHeader('0', "b").gnu().octal(RawHeader.PREFIX, 12, 1)),
                "b",
                "file ");
        cases.refused(
                "old Go's prefix in a GNU header climbs",
                "../x/evil",
                cases.tar().entry("../x/evil", new RawHeader('0', "evil").gnu().text(RawHeader.PREFIX, "../x")));
        cases.confined(
                "prefix without magic is no prefix",
                cases.tar().entry("b", new RawHeader('0', "b").v7().text(RawHeader.PREFIX, "..")),
                "b",
                "file ");
    }

    /** Names of cases stand in reports. */
    static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.chars().forEach(c -> text.append(c <= ' ' || c >= 0x7f ? "<%x>".formatted(c) : String.valueOf((char) c)));
        return text.toString();
    }
}
