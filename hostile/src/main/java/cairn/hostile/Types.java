package cairn.hostile;

/** Devices, fifos, kinds that nobody knows, and kinds that carry what they must not. */
final class Types {
    private Types() {}

    static void addTo(Cases cases) {
        nodes(cases);
        unknown(cases);
        content(cases);
        modes(cases);
    }

    private static void nodes(Cases cases) {
        cases.confined("fifo", cases.tar().fifo("a"), "a", "node");
        cases.refused("file over a fifo", cases.tar().fifo("a").file("a", "x"));
        cases.refused("file through a fifo", cases.tar().fifo("a").file("a/b", "x"));
        cases.refused("fifo over a file", cases.tar().fifo("before"));
        cases.refused("file through a file", cases.tar().file("before/b", "x"));
        cases.refused("directory over a file", cases.tar().directory("before"));
        cases.refused("file over a directory", cases.tar().directory("a").file("a", "x"));
        cases.refused("file through a device", cases.tar().charDevice("a", 1, 3).file("a/b", "x"));
        cases.refused("file over a device", cases.tar().charDevice("a", 1, 3).file("a", "x"));
        cases.confined("memory", cases.tar().charDevice("mem", 1, 1), "mem", "node");
        cases.confined("first disk", cases.tar().blockDevice("sda", 8, 0), "sda", "node");
        cases.confined("virtual disk", cases.tar().blockDevice("vda", 254, 0), "vda", "node");
        cases.confined("block device 0,0", cases.tar().blockDevice("a", 0, 0), "a", "node");
        cases.confined("whiteout in disguise", cases.tar().charDevice("a", 0, 0), "a", "whiteout");
        cases.refused(
                "file over a whiteout in disguise",
                cases.tar().charDevice("a", 0, 0).file("a", "x"));
        cases.refused(
                "directory over a whiteout in disguise",
                cases.tar().charDevice("a", 0, 0).directory("a"));
        cases.confined(
                "file through a whiteout in disguise",
                cases.tar().charDevice("a", 0, 0).file("a/b", "x"),
                "a/b",
                "file x");
        cases.refused(
                "link through a whiteout in disguise as target",
                cases.tar().charDevice("a", 0, 0).hardLink("b", "a/c"));
        cases.confined("largest device numbers", cases.tar().charDevice("a", 0xfff, 0xfffff), "a", "node");
        cases.refused("major number too large", cases.tar().charDevice("a", 0x1000, 0));
        cases.refused("minor number too large", cases.tar().charDevice("a", 1, 0x100000));
        cases.refused("minor number too large for a disk", cases.tar().blockDevice("a", 1, 0x1fffff));
        cases.refused(
                "major number huge",
                "a",
                cases.tar().entry("a", new RawHeader('3', "a").base256(RawHeader.MAJOR, 8, 1L << 40)));
        cases.refused(
                "minor number huge",
                "a",
                cases.tar().entry("a", new RawHeader('4', "a").base256(RawHeader.MINOR, 8, Long.MAX_VALUE >> 8)));
        cases.refused(
                "major number negative",
                "a",
                cases.tar().entry("a", new RawHeader('3', "a").base256(RawHeader.MAJOR, 8, -1)));
        cases.refused(
                "major number that wraps to 0",
                "a",
                cases.tar().entry("a", new RawHeader('3', "a").base256(RawHeader.MAJOR, 8, 1L << 32)));
        cases.refused(
                "device number of letters",
                "a",
                cases.tar().entry("a", new RawHeader('3', "a").text(RawHeader.MAJOR, "abcdefg\0")));
        cases.confined(
                "device number on a file",
                cases.tar().entry("a", new RawHeader('0', "a").device(0x1000, 0)),
                "a",
                "file ");
        cases.confined(
                "device number in PAX records",
                cases.tar().pax("SCHILY.devmajor", "99999999").charDevice("a", 1, 3),
                "a",
                "node");
        cases.confined(
                "device with a setuid bit",
                cases.tar().entry("a", new RawHeader('3', "a").device(1, 3).mode(04777)),
                "a",
                "mode 04777");
    }

    private static void unknown(Cases cases) {
        for (char flag : Cases.each("89ABCDEFGHIJMNOPQRTUVWXYZabcdefhijklmnopqrstuvwyz!~\u0001\u007f\u00ff")) {
            cases.refused(
                    "flag " + Names.printable(String.valueOf(flag)),
                    cases.tar().entry("odd", new RawHeader(flag, "odd")));
        }
        cases.refused("volume label that climbs", cases.tar().entry("../evil", new RawHeader('V', "../evil")));
        cases.refused(
                "volume that goes on",
                cases.tar().entry("a", new RawHeader('M', "a").size(3)).content("abc"));
        cases.refused(
                "unknown with content",
                cases.tar().entry("a", new RawHeader('Z', "a").size(3)).content("abc"));
        cases.refused(
                "unknown with content that is not there",
                "a",
                cases.tar().entry("a", new RawHeader('Z', "a").size(1 << 20)));
        cases.confined("contiguous file", cases.tar().named('7', "a", "", new byte[] {'x'}), "a", "file x");
        cases.confined("file without a flag", cases.tar().named('\0', "a", "", new byte[] {'x'}), "a", "file x");
        cases.confined("directory known by its slash", cases.tar().named('\0', "a/", "", new byte[0]), "a", "dir");
        cases.refused(
                "directory known by its slash, over a link",
                cases.tar().symlink("a", cases.canary).named('\0', "a/", "", new byte[0]));
    }

    private static void content(Cases cases) {
        for (char type : Cases.each("23456")) {
            RawHeader header = new RawHeader(type, "a").link("x").size(1 << 20);
            cases.confined("size without data, type " + type, cases.tar().entry("a", header));
            cases.refused(
                    "data, type " + type,
                    null,
                    cases.tar()
                            .entry("a", new RawHeader(type, "a").link("x").size(4))
                            .content("evil"));
        }
        cases.confined(
                "data that is an entry",
                cases.tar()
                        .entry("a", new RawHeader('5', "a").size(RawHeader.BLOCK))
                        .file("b", "x"),
                "b",
                "file x");
        cases.refused(
                "data that is an entry that climbs",
                cases.tar()
                        .entry("a", new RawHeader('5', "a").size(RawHeader.BLOCK))
                        .file("../evil", "x"));
        cases.refused(
                "file with less data than it says",
                "a",
                cases.tar()
                        .entry("a", new RawHeader('0', "a").size(1_000_000))
                        .content("x".repeat(600))
                        .cut());
        cases.refused(
                "file that swallows the end", "a", cases.tar().entry("a", new RawHeader('0', "a").size(1_000_000)));
    }

    private static void modes(Cases cases) {
        for (int mode : new int[] {0, 0777, 01777, 02777, 04755, 06755, 07777}) {
            cases.confined(
                    "file with mode 0%o".formatted(mode),
                    cases.tar().entry("a", new RawHeader('0', "a").mode(mode)),
                    "a",
                    "mode 0%o".formatted(mode));
            cases.confined(
                    "directory with mode 0%o".formatted(mode),
                    cases.tar().entry("a", new RawHeader('5', "a").mode(mode)).file("a/b", "x"),
                    "a",
                    "mode 0%o".formatted(mode));
        }
        cases.confined(
                "kind of another type in the mode",
                cases.tar().entry("a", new RawHeader('0', "a").mode(0120755)),
                "a",
                "mode 0755");
        cases.confined(
                "device in the mode", cases.tar().entry("a", new RawHeader('0', "a").mode(020666)), "a", "mode 0666");
        cases.confined(
                "setuid kept after its owner",
                cases.tar().entry("a", new RawHeader('0', "a").mode(04755).octal(RawHeader.UID, 8, 1000)),
                "a",
                "mode 04755");
        cases.confined(
                "mode in base 256",
                cases.tar().entry("a", new RawHeader('0', "a").base256(RawHeader.MODE, 8, 04755L | 1L << 40)),
                "a",
                "mode 04755");
        cases.refused(
                "mode of letters",
                "a",
                cases.tar().entry("a", new RawHeader('0', "a").text(RawHeader.MODE, "rwxr-xr\0")));
    }
}
