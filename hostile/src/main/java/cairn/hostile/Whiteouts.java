package cairn.hostile;

import java.util.List;

/** Whiteouts of what they must not hide, and in forms that they do not have. */
final class Whiteouts {
    private Whiteouts() {}

    static void addTo(Cases cases) {
        for (String name : List.of(
                ".wh.",
                "./.wh.",
                "a/.wh.",
                ".wh..",
                "a/.wh..",
                ".wh...",
                "a/.wh...",
                "/.wh...",
                "a/b/.wh...",
                ".wh./",
                ".wh.../")) {
            cases.refused("of nothing as " + name, name, cases.tar().file(name, ""));
        }
        for (String name : List.of(
                "../.wh.file",
                "a/../../.wh.file",
                "/../.wh.file",
                cases.up + "/.wh.file",
                "../.wh..wh..opq",
                "../.wh..wh.plnk")) {
            cases.refused("that climbs as " + name, name, cases.tar().file(name, ""));
        }
        forms(cases);
        sizes(cases);
        sameLayer(cases);
        opaque(cases);
        aufs(cases);
    }

    private static void forms(Cases cases) {
        for (char type : Cases.each("23456Z")) {
            cases.refused("of type " + type, cases.tar().named(type, ".wh.a", "before", new byte[0]));
        }
        cases.refused("with content", cases.tar().file(".wh.a", "x"));
        cases.refused(
                "that is sparse",
                cases.tar().pax("GNU.sparse.size", "10", "GNU.sparse.map", "").file(".wh.a", ""));
        cases.confined(
                "with a mode and an owner",
                cases.tar()
                        .entry(".wh.a", new RawHeader('0', ".wh.a").mode(07777).octal(RawHeader.UID, 8, 1000)),
                "a",
                "whiteout");
        cases.confined(
                "with attributes",
                cases.tar().pax("SCHILY.xattr.trusted.overlay.opaque", "y").file(".wh.a", ""),
                "a",
                "whiteout");
        cases.confined("as a contiguous file", cases.tar().named('7', ".wh.a", "", new byte[0]), "a", "whiteout");
        cases.confined("with a slash at its end", cases.tar().file(".wh.a/", ""), "a", "whiteout");
        cases.confined("of a name with a line end", cases.tar().file(".wh.a\nb", ""), "a\nb", "whiteout");
        cases.confined("of dots", cases.tar().file(".wh....", ""), "...", "whiteout");
        cases.confined("of a whiteout's name", cases.tar().file("d/.wh..wh.a", ""), "d/.wh.a", "whiteout");
        cases.confined("prefix as a directory's name", cases.tar().file(".wh.a/b", "x"), ".wh.a/b", "file x");
        cases.refused("through a file", cases.tar().file("before/.wh.a", ""));
        cases.refused("through a link to itself", cases.tar().symlink("a", "a").file("a/.wh.b", ""));
        cases.confined(
                "through a link to the root", cases.tar().symlink("a", "/").file("a/.wh.b", ""), "b", "whiteout");
        cases.confined(
                "through a link whose target the layer has too",
                cases.tar().directory(cases.canary).symlink("a", cases.canary).file("a/.wh.file", ""),
                cases.canary.substring(1) + "/file",
                "whiteout");
        cases.confined(
                "of system directories",
                cases.tar().file(".wh.etc", "").file(".wh.dev", "").file(".wh.proc", ""),
                "etc",
                "whiteout");
    }

    private static void sizes(Cases cases) {
        cases.confined(
                "of a name of 251 bytes", cases.tar().file(".wh." + "n".repeat(251), ""), "n".repeat(251), "whiteout");
        cases.confined(
                "of a name of 255 bytes", cases.tar().file(".wh." + "n".repeat(255), ""), "n".repeat(255), "whiteout");
        cases.refused("of a name of 256 bytes", cases.tar().file(".wh." + "n".repeat(256), ""));
        cases.refused("of a name of 4,096 bytes", cases.tar().file(".wh." + "n".repeat(4096), ""));
    }

    private static void sameLayer(Cases cases) {
        cases.confined("of a file of the same layer", cases.tar().file(".wh.before", ""), "before", "file x");
        cases.confined("then the file", cases.tar().file(".wh.a", "").file("a", "x"), "a", "file x");
        cases.confined(
                "of a directory of the same layer",
                cases.tar().file("a/b", "x").file(".wh.a", ""),
                "a",
                "opaque",
                "a/b",
                "file x");
        cases.confined(
                "then the directory", cases.tar().file(".wh.a", "").file("a/b", "x"), "a", "opaque", "a/b", "file x");
        cases.confined("then a fifo", cases.tar().file(".wh.a", "").fifo("a"), "a", "node");
        cases.confined("then a device", cases.tar().file(".wh.a", "").charDevice("a", 1, 3), "a", "node");
        cases.confined("of a fifo of the same layer", cases.tar().fifo("a").file(".wh.a", ""), "a", "node");
        cases.refused("twice", cases.tar().file(".wh.a", "").file(".wh.a", ""));
        cases.refused("twice in two spellings", cases.tar().file(".wh.a", "").file("./.wh.a", ""));
        cases.refused(
                "of a directory on the way of a hard link",
                cases.tar().file(".wh.d", "").hardLink("a", "d/x"));
        cases.confined("deep", cases.tar().file("a/b/c/.wh.d", ""), "a/b/c/d", "whiteout", "a/b/c", "dir");
    }

    private static void opaque(Cases cases) {
        cases.confined("opaque directory", cases.tar().directory("a").file("a/.wh..wh..opq", ""), "a", "opaque");
        cases.confined(
                "opaque mark before its directory",
                cases.tar().file("a/.wh..wh..opq", "").directory("a"),
                "a",
                "opaque");
        cases.confined("opaque root", cases.tar().file(".wh..wh..opq", ""), ".", "dir");
        cases.refused("opaque mark with content", cases.tar().file("a/.wh..wh..opq", "x"));
        cases.refused(
                "opaque mark twice", cases.tar().file("a/.wh..wh..opq", "").file("a/.wh..wh..opq", ""));
        cases.refused("opaque mark through a file", cases.tar().file("before/.wh..wh..opq", ""));
        cases.confined("opaque mark as a directory", cases.tar().directory("a/.wh..wh..opq"), "a", "dir");
        cases.confined("opaque mark as a link", cases.tar().symlink("a/.wh..wh..opq", cases.canary), "a", "dir");
        cases.confined(
                "opaque mark as the name of a parent",
                cases.tar().file("d/.wh..wh..opq/a", "x"),
                "d/.wh..wh..opq/a",
                "file x");
    }

    private static void aufs(Cases cases) {
        cases.confined(
                "aufs directory",
                cases.tar().directory(".wh..wh.plnk").file(".wh..wh.aufs", ""),
                ".wh..wh.plnk",
                "absent");
        cases.confined(
                "aufs file in its directory", cases.tar().file(".wh..wh.plnk/100.200", ""), ".wh..wh.plnk", "absent");
        cases.refused("aufs file with content", cases.tar().file(".wh..wh.plnk/100.200", "x"));
        cases.confined("aufs link out", cases.tar().symlink(".wh..wh.plnk", cases.canary), ".wh..wh.plnk", "absent");
        cases.confined(
                "file through an aufs link out",
                cases.tar().symlink(".wh..wh.plnk", cases.canary).file(".wh..wh.plnk/evil", ""),
                ".wh..wh.plnk",
                "absent");
        cases.confined("aufs name further down", cases.tar().file("a/.wh..wh.plnk", ""), "a/.wh.plnk", "whiteout");
    }
}
