package cairn.hostile;

import java.util.List;

/** Symbolic links that lead out, and entries that go through them. */
final class Symlinks {
    private Symlinks() {}

    static void addTo(Cases cases) {
        alone(cases);
        through(cases);
        over(cases);
        chains(cases);
        roots(cases);
    }

    private static void alone(Cases cases) {
        for (String target : List.of(
                cases.canary,
                cases.up,
                ".",
                "..",
                "/",
                "a",
                "./a",
                "nowhere",
                "/nowhere",
                "../../../../../../../../etc/shadow",
                "/proc/self/root",
                "/proc/self/cwd",
                "/proc/self/exe",
                "/proc/1/root",
                "/dev/fd/3",
                "/dev/mem",
                "//",
                " ",
                "a\nb",
                "\u001b[2J",
                "x".repeat(255),
                "x".repeat(300))) {
            cases.confined("to " + Names.printable(target), cases.tar().symlink("a", target), "a", "link " + target);
        }
        cases.confined("to 4,095 bytes", cases.tar().symlink("a", "x".repeat(4095)), "a", "link " + "x".repeat(4095));
        cases.refused("to 4,096 bytes", cases.tar().symlink("a", "x".repeat(4096)));
        cases.refused("to 65,536 bytes", cases.tar().symlink("a", "x".repeat(65536)));
        cases.refused("to nothing", cases.tar().symlink("a", ""));
        cases.refused(
                "NUL in its PAX target",
                null,
                cases.tar().pax("linkpath", "a\0b").symlink("a", "b"));
        cases.refused(
                "PAX and GNU targets disagree",
                cases.tar().pax("linkpath", "b").gnuLink("c").symlink("a", "d"));
        cases.confined(
                "owned and with a mode",
                cases.tar()
                        .entry(
                                "a",
                                new RawHeader('2', "a")
                                        .link(cases.canary + "/file")
                                        .mode(07777)
                                        .octal(RawHeader.UID, 8, 1000)));
    }

    private static void through(Cases cases) {
        for (String target : List.of(cases.canary, cases.up, "/proc/self/root" + cases.canary, "/proc/self/cwd")) {
            String kind = target.startsWith(cases.canary)
                    ? "an absolute link"
                    : target.startsWith("..") ? "a relative link" : target;
            cases.refused(
                    "file through " + kind, cases.tar().symlink("a", target).file("a/evil", "x"));
            cases.refused(
                    "file that " + kind + " shows",
                    cases.tar().symlink("a", target).file("a/file", "x"));
            cases.refused(
                    "directory through " + kind,
                    cases.tar().symlink("a", target).directory("a/inner"));
            cases.refused(
                    "directories through " + kind,
                    cases.tar().symlink("a", target).directory("a/evil/deep"));
            cases.refused(
                    "link through " + kind, cases.tar().symlink("a", target).symlink("a/evil", "x"));
            cases.refused(
                    "hard link through " + kind,
                    cases.tar().symlink("a", target).hardLink("a/evil", "before"));
            cases.refused(
                    "fifo through " + kind, cases.tar().symlink("a", target).fifo("a/evil"));
            cases.refused(
                    "device through " + kind, cases.tar().symlink("a", target).charDevice("a/evil", 1, 3));
            cases.refused(
                    "whiteout through " + kind, cases.tar().symlink("a", target).file("a/.wh.file", ""));
            cases.refused(
                    "opaque mark through " + kind,
                    cases.tar().symlink("a", target).file("a/.wh..wh..opq", ""));
        }
        cases.refused(
                "file through a link in a directory",
                cases.tar().symlink("d/a", cases.canary).file("d/a/evil", "x"));
        cases.refused(
                "file through two links",
                cases.tar().symlink("a", "b").symlink("b", cases.canary).file("a/evil", "x"));
        cases.refused(
                "file through a link to a file",
                cases.tar().symlink("a", cases.canary + "/file").file("a/evil", "x"));
        cases.refused(
                "file through a dangling link",
                cases.tar().symlink("a", "nowhere").file("a/evil", "x"));
        cases.refused(
                "file through a link to itself", cases.tar().symlink("a", "a").file("a/evil", "x"));
        cases.refused(
                "file through a link to a file of the layer",
                cases.tar().symlink("a", "before").file("a/evil", "x"));
        cases.refused(
                "file through a link to a fifo",
                cases.tar().fifo("p").symlink("a", "p").file("a/evil", "x"));
        cases.confined(
                "file through a link whose target the layer has too",
                cases.tar().directory(cases.canary).symlink("a", cases.canary).file("a/file", "x"),
                cases.canary.substring(1) + "/file",
                "file x");
        cases.confined(
                "file through a relative link whose target the layer has too",
                cases.tar().directory(cases.canary).symlink("a", cases.up).file("a/file", "x"),
                cases.canary.substring(1) + "/file",
                "file x");
        cases.confined(
                "mode through a link whose target the layer has too",
                cases.tar()
                        .directory(cases.canary)
                        .symlink("a", cases.canary)
                        .entry("a/inner", new RawHeader('5', "a/inner").mode(0700)),
                cases.canary.substring(1) + "/inner",
                "mode 0700");
    }

    private static void over(Cases cases) {
        cases.refused(
                "file over a link",
                cases.tar().symlink("a", cases.canary + "/file").file("a", "x"));
        cases.refused(
                "directory over a link", cases.tar().symlink("a", cases.canary).directory("a"));
        cases.refused("link over a link", cases.tar().symlink("a", "before").symlink("a", cases.canary));
        cases.refused("link over a file", cases.tar().symlink("before", cases.canary));
        cases.refused("link over a directory", cases.tar().directory("a").symlink("a", cases.canary));
        cases.refused("link over a full directory", cases.tar().file("a/b", "x").symlink("a", cases.canary));
        cases.refused("fifo over a link", cases.tar().symlink("a", cases.canary).fifo("a"));
        cases.refused(
                "device over a link", cases.tar().symlink("a", cases.canary).charDevice("a", 1, 3));
        cases.refused(
                "hard link over a link", cases.tar().symlink("a", cases.canary).hardLink("a", "before"));
        cases.refused(
                "link, directory, link",
                cases.tar().symlink("a", cases.canary).directory("a").symlink("a", "x"));
        cases.refused(
                "whiteout does not free a name for a directory",
                "a",
                cases.tar().symlink("a", cases.canary).file(".wh.a", "").directory("a"));
        cases.confined(
                "whiteout of a link of the same layer",
                cases.tar().symlink("a", cases.canary).file(".wh.a", ""),
                "a",
                "link " + cases.canary);
        cases.confined(
                "link over a whiteout",
                cases.tar().file(".wh.a", "").symlink("a", cases.canary),
                "a",
                "link " + cases.canary);
    }

    private static void chains(Cases cases) {
        cases.confined("two links to one another", cases.tar().symlink("a", "b").symlink("b", "a"));
        cases.refused(
                "file through two links to one another",
                cases.tar().symlink("a", "b").symlink("b", "a").file("a/x", "x"));
        RawTar chain = cases.tar().directory("end");
        RawTar lead = cases.tar();
        RawTar beyond = cases.tar().directory("end");
        for (int i = 0; i < 41; i++) {
            if (i < 39) {
                chain.symlink("c" + i, i == 0 ? "end" : "c" + (i - 1));
                lead.symlink("c" + i, i == 0 ? cases.canary : "c" + (i - 1));
            }
            beyond.symlink("c" + i, i == 0 ? "end" : "c" + (i - 1));
        }
        cases.confined("chain of 39 links", chain.file("c38/x", "x"), "end/x", "file x");
        cases.refused("chain of 39 links that leads out", lead.file("c38/x", "x"));
        cases.refused("chain of 41 links", beyond.file("c40/x", "x"));
        cases.refused(
                "link up, then through it up again",
                cases.tar()
                        .symlink("a", "..")
                        .symlink("b", "a/.." + cases.canary)
                        .file("b/evil", "x"));
        cases.confined("directories as deep as one likes through links", deepThroughLinks(cases));
    }

    /** Each link takes the place of 1,000 directories, so that the real depth is 5,000. */
    private static RawTar deepThroughLinks(Cases cases) {
        String deep = "a/".repeat(1000);
        RawTar tar = cases.tar().directory(deep + "a");
        String at = deep;
        for (int i = 0; i < 4; i++) {
            tar.symlink("s" + i, at);
            at = "s" + i + "/" + deep;
            tar.directory(at + "a");
        }
        return tar;
    }

    private static void roots(Cases cases) {
        for (String target : List.of("/", ".", "..", "../../..", "./.", "//")) {
            cases.confined(
                    "file through a link to the root as " + target,
                    cases.tar().symlink("a", target).file("a/new", "x"),
                    "new",
                    "file x");
        }
        cases.refused(
                "file through a link to the root, over a file",
                cases.tar().symlink("a", "/").file("a/before", "y"));
        cases.refused(
                "file through a link to the root, over that link",
                cases.tar().symlink("a", "/").file("a/a", "y"));
        for (String place : List.of("etc", "dev", "proc", "sys", "tmp", "var/run", "bin")) {
            cases.confined(
                    "/" + place + " is a link out",
                    cases.tar().symlink(place, cases.canary),
                    place,
                    "link " + cases.canary);
        }
    }
}
