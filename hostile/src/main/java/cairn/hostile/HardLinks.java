package cairn.hostile;

import java.util.List;

/** Hard links to what is not the layer's, or is not yet, or cannot be linked. */
final class HardLinks {
    private HardLinks() {}

    static void addTo(Cases cases) {
        for (String target : List.of(
                cases.canary + "/file",
                cases.up + "/file",
                "../before",
                "a/../../before",
                "/../before",
                "/etc/passwd",
                "/etc/shadow",
                "/proc/self/exe",
                "/proc/1/root/etc/passwd",
                "/dev/null",
                "nowhere",
                "d/nowhere",
                "before/x",
                ".",
                "/",
                "./",
                "..",
                "",
                "a",
                "./a",
                "/a",
                "\u00e4",
                "x".repeat(256),
                "x/".repeat(2000) + "y",
                "x".repeat(5000))) {
            String shown = target.length() > 100 ? target.length() + " bytes" : Names.printable(target);
            cases.refused("to " + shown, cases.tar().hardLink("a", target));
        }
        through(cases);
        kinds(cases);
        within(cases);
        data(cases);
    }

    private static void through(Cases cases) {
        cases.refused("through a link", cases.tar().symlink("l", cases.canary).hardLink("a", "l/file"));
        cases.refused(
                "through a relative link", cases.tar().symlink("l", cases.up).hardLink("a", "l/file"));
        cases.refused(
                "through two links",
                cases.tar().symlink("m", cases.canary).symlink("l", "m").hardLink("a", "l/file"));
        cases.refused(
                "through a link to the root", cases.tar().symlink("l", "/").hardLink("a", "l/etc/passwd"));
        cases.refused(
                "of a directory through a link",
                cases.tar().symlink("l", cases.canary).hardLink("a", "l/inner"));
        cases.refused(
                "into a directory through a link",
                cases.tar().symlink("l", cases.canary).hardLink("l/evil", "before"));
        cases.confined(
                "to a link that leads out, with a mode",
                cases.tar()
                        .symlink("l", cases.canary + "/file")
                        .entry("a", new RawHeader('1', "a").link("l").mode(0777)),
                "a",
                "link " + cases.canary + "/file");
        cases.confined(
                "to a link that leads out, owned",
                cases.tar()
                        .symlink("l", cases.canary + "/file")
                        .entry("a", new RawHeader('1', "a").link("l").octal(RawHeader.UID, 8, 1000)),
                "a",
                "link " + cases.canary + "/file");
        cases.refused(
                "to a link, then a file over it",
                cases.tar()
                        .symlink("l", cases.canary + "/file")
                        .hardLink("a", "l")
                        .file("a", "x"));
        cases.refused(
                "to a link, then through it",
                cases.tar().symlink("l", cases.canary).hardLink("a", "l").file("a/evil", "x"));
        cases.refused(
                "to a name with a slash that is a link",
                cases.tar().symlink("l", cases.canary + "/inner").hardLink("a", "l/." + "./inner"));
    }

    private static void kinds(Cases cases) {
        cases.refused("to a directory", cases.tar().directory("d").hardLink("a", "d"));
        cases.refused("to a directory with a slash", cases.tar().directory("d").hardLink("a", "d/"));
        cases.refused("to its own parent", cases.tar().directory("d").hardLink("d/a", "d"));
        cases.refused("to a whiteout's name", cases.tar().file(".wh.w", "").hardLink("a", ".wh.w"));
        cases.confined("to what a whiteout made", cases.tar().file(".wh.w", "").hardLink("a", "w"), "a", "whiteout");
        cases.confined("to a fifo", cases.tar().fifo("p").hardLink("a", "p"), "a", "node");
        cases.confined("to a device", cases.tar().charDevice("c", 1, 3).hardLink("a", "c"), "a", "node");
        cases.confined(
                "to a whiteout in disguise", cases.tar().charDevice("c", 0, 0).hardLink("a", "c"), "a", "whiteout");
        cases.refused(
                "to what aufs kept for itself",
                cases.tar().file(".wh..wh.aufs", "").hardLink("a", ".wh..wh.aufs"));
        cases.confined("with a whiteout's name", cases.tar().hardLink(".wh.gone", "before"), "gone", "whiteout");
        cases.confined(
                "with the opaque mark's name",
                cases.tar().directory("d").hardLink("d/.wh..wh..opq", "before"),
                "d",
                "opaque");
        cases.confined("with aufs's name", cases.tar().hardLink(".wh..wh.x", "before"), ".wh..wh.x", "absent");
        cases.confined(
                "that is a whiteout of its target", cases.tar().hardLink(".wh.before", "before"), "before", "file x");
    }

    private static void within(Cases cases) {
        cases.refused("before its target", cases.tar().hardLink("a", "b").file("b", "x"));
        cases.refused("over its target", cases.tar().hardLink("before", "before"));
        cases.refused("over a directory", cases.tar().directory("d").hardLink("d", "before"));
        cases.refused("over a file", cases.tar().file("a", "y").hardLink("a", "before"));
        cases.refused("through a file", cases.tar().hardLink("before/a", "before"));
        cases.refused(
                "as the parent of an entry", cases.tar().hardLink("a", "before").file("a/b", "x"));
        cases.confined("absolutely", cases.tar().hardLink("/a", "/before"), "a", "file x");
        cases.confined("with dots", cases.tar().hardLink("./a", "./././before"), "a", "file x");
        cases.confined("with dots that climb and come back", cases.tar().hardLink("a", "q/../before"), "a", "file x");
        cases.confined(
                "of a link of a link", cases.tar().hardLink("a", "before").hardLink("b", "a"), "b", "file x");
        cases.confined(
                "through a link to the root, within",
                cases.tar().symlink("l", "/").hardLink("a", "l/before"),
                "a",
                "file x");
        cases.confined(
                "into directories that are not there", cases.tar().hardLink("d/e/a", "before"), "d/e/a", "file x");
        cases.confined("over a whiteout", cases.tar().file(".wh.a", "").hardLink("a", "before"), "a", "file x");
        cases.confined(
                "with a mode of its own, which is not the file's",
                cases.tar().entry("a", new RawHeader('1', "a").link("before").mode(06777)),
                "before",
                "mode 0644");
        cases.confined(
                "with an owner of its own",
                cases.tar().entry("a", new RawHeader('1', "a").link("before").octal(RawHeader.UID, 8, 1000)),
                "before",
                "mode 0644");
    }

    private static void data(Cases cases) {
        cases.refused(
                "with data",
                null,
                cases.tar()
                        .entry("a", new RawHeader('1', "a").link("before").size(5))
                        .content("evil!"));
        cases.confined(
                "with a size and no data",
                cases.tar().entry("a", new RawHeader('1', "a").link("before").size(1 << 20)),
                "a",
                "file x");
        cases.refused(
                "NUL in its PAX target",
                null,
                cases.tar().pax("linkpath", "before\0x").hardLink("a", "before"));
        cases.refused(
                "PAX and GNU targets disagree",
                cases.tar().gnuLink("before").pax("linkpath", "b").hardLink("a", "before"));
        cases.confined(
                "PAX target wins over a header that climbs",
                cases.tar().pax("linkpath", "before").hardLink("a", "../file"),
                "a",
                "file x");
        cases.refused(
                "PAX target climbs over a good header",
                cases.tar().pax("linkpath", "../file").hardLink("a", "before"));
        cases.refused(
                "not UTF-8",
                "a",
                cases.tar()
                        .raw(new RawHeader('1', "a")
                                .text(RawHeader.LINK, "\u00e9")
                                .block()));
    }
}
