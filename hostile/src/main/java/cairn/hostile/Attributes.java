package cairn.hostile;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Extended attributes: those that steer overlayfs, those that give rights, and those that are too much. */
final class Attributes {
    private static final String XATTR = "SCHILY.xattr.";
    /** A version 2 capability with CAP_NET_RAW, as the file system holds it. */
    private static final byte[] CAPABILITY = {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private Attributes() {}

    static void addTo(Cases cases) {
        overlay(cases);
        security(cases);
        names(cases);
        amounts(cases);
        places(cases);
    }

    private static void overlay(Cases cases) {
        for (String name : List.of(
                "redirect",
                "opaque",
                "metacopy",
                "origin",
                "impure",
                "nlink",
                "upper",
                "uuid",
                "xwhiteouts",
                "whiteout",
                "protattr",
                "overlay.redirect",
                "")) {
            for (String space : List.of("trusted.overlay.", "user.overlay.")) {
                cases.confined(
                        space + name + " on a directory",
                        cases.tar()
                                .pax(XATTR + space + name, "/../../../.." + cases.canary, XATTR + "user.kept", "1")
                                .directory("a"),
                        "a",
                        "xattrs user.kept");
            }
            cases.confined(
                    "trusted.overlay." + name + " on a file",
                    cases.tar().pax(XATTR + "trusted.overlay." + name, "y").file("a", "x"),
                    "a",
                    "xattrs");
        }
        cases.confined(
                "redirect on a link",
                cases.tar()
                        .pax(XATTR + "trusted.overlay.redirect", cases.canary)
                        .symlink("a", "x"),
                "a",
                "xattrs");
        cases.confined(
                "redirect on a device",
                cases.tar()
                        .pax(XATTR + "trusted.overlay.redirect", cases.canary)
                        .charDevice("a", 0, 0),
                "a",
                "xattrs");
        cases.confined(
                "redirect on the root",
                cases.tar()
                        .pax(XATTR + "trusted.overlay.redirect", cases.canary)
                        .directory("."),
                ".",
                "xattrs");
        cases.confined(
                "redirect among many",
                cases.tar()
                        .pax(XATTR + "user.a", "1", XATTR + "trusted.overlay.redirect", "/x", XATTR + "user.b", "2")
                        .file("a", "x"),
                "a",
                "xattrs user.a user.b");
        cases.confined(
                "name that only looks like overlay's",
                cases.tar().pax(XATTR + "trusted.overlayfs", "1").file("a", "x"),
                "a",
                "xattrs trusted.overlayfs");
    }

    private static void security(Cases cases) {
        cases.confined(
                "capability",
                cases.tar()
                        .extended('x', RawTar.record(XATTR + "security.capability", CAPABILITY))
                        .file("a", "x"),
                "a",
                "xattrs security.capability");
        cases.confined(
                "capability of a file that is not root's",
                cases.tar()
                        .extended('x', RawTar.record(XATTR + "security.capability", CAPABILITY))
                        .entry("a", new RawHeader('0', "a").octal(RawHeader.UID, 8, 1000)),
                "a",
                "xattrs security.capability");
        cases.refused(
                "capability of garbage",
                cases.tar().pax(XATTR + "security.capability", "garbage").file("a", "x"));
        cases.confined(
                "capability of nothing",
                cases.tar().pax(XATTR + "security.capability", "").file("a", "x"),
                "a",
                "file x");
        cases.confined(
                "SELinux label",
                cases.tar()
                        .pax(XATTR + "security.selinux", "system_u:object_r:shadow_t:s0")
                        .file("a", "x"));
        cases.confined(
                "ACL of another version",
                cases.tar().pax(XATTR + "system.posix_acl_access", "garbage").file("a", "x"),
                "a",
                "xattrs");
        cases.refused(
                "ACL of garbage",
                cases.tar()
                        .pax(XATTR + "system.posix_acl_access", "\u0002\0\0\0garbage!")
                        .file("a", "x"));
        cases.refused(
                "default ACL on a file",
                cases.tar()
                        .extended('x', RawTar.record(XATTR + "system.posix_acl_default", ACL))
                        .file("a", "x"));
        cases.confined(
                "default ACL on a directory",
                cases.tar()
                        .extended('x', RawTar.record(XATTR + "system.posix_acl_default", ACL))
                        .directory("a")
                        .file("a/b", "x"),
                "a/b",
                "mode 0644");
        cases.confined(
                "ACL",
                cases.tar()
                        .extended('x', RawTar.record(XATTR + "system.posix_acl_access", ACL))
                        .file("a", "x"));
    }

    /** Version 2: user rw, user 1000 rwx, group r, mask rwx, other nothing. */
    private static final byte[] ACL = {
        2,
        0,
        0,
        0,
        1,
        0,
        6,
        0,
        -1,
        -1,
        -1,
        -1,
        2,
        0,
        7,
        0,
        (byte) 0xe8,
        3,
        0,
        0,
        4,
        0,
        4,
        0,
        -1,
        -1,
        -1,
        -1,
        16,
        0,
        7,
        0,
        -1,
        -1,
        -1,
        -1,
        32,
        0,
        0,
        0,
        -1,
        -1,
        -1,
        -1
    };

    private static void names(Cases cases) {
        cases.refused("no name", null, cases.tar().pax(XATTR, "x").file("a", "x"));
        cases.confined(
                "name of 255 bytes",
                cases.tar().pax(XATTR + "user." + "n".repeat(250), "x").file("a", "x"));
        cases.refused(
                "name of 256 bytes",
                null,
                cases.tar().pax(XATTR + "user." + "n".repeat(251), "x").file("a", "x"));
        cases.refused(
                "name not UTF-8",
                null,
                cases.tar().extended('x', latin("21 " + XATTR + "u\u00e9=x\n")).file("a", "x"));
        cases.refused(
                "NUL in its name",
                null,
                cases.tar().pax(XATTR + "user.a\0b", "x").file("a", "x"));
        cases.refused("namespace alone", cases.tar().pax(XATTR + "user.", "x").file("a", "x"));
        cases.confined("no namespace", cases.tar().pax(XATTR + "plain", "x").file("a", "x"), "a", "xattrs");
        cases.confined(
                "unknown namespace", cases.tar().pax(XATTR + "evil.a", "x").file("a", "x"), "a", "xattrs");
        cases.confined(
                "system namespace", cases.tar().pax(XATTR + "system.evil", "x").file("a", "x"), "a", "xattrs");
        cases.confined("dots", cases.tar().pax(XATTR + "user.../../x", "x").file("a", "x"), "a", "xattrs user.../../x");
        cases.refused(
                "for all entries",
                null,
                cases.tar().global(XATTR + "user.a", "x").file("a", "x"));
        cases.refused(
                "overlay's for all entries",
                null,
                cases.tar().global(XATTR + "trusted.overlay.opaque", "y").directory("a"));
        cases.confined(
                "libarchive's spelling",
                cases.tar()
                        .pax("LIBARCHIVE.xattr.trusted.overlay.opaque", "eQ==")
                        .directory("a"),
                "a",
                "xattrs");
        cases.confined(
                "Red Hat's spelling",
                cases.tar().pax("RHT.security.selinux", "x").file("a", "x"),
                "a",
                "xattrs");
        cases.confined(
                "NUL in its value", cases.tar().pax(XATTR + "user.a", "x\0y").file("a", "x"), "a", "xattrs user.a");
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void amounts(Cases cases) {
        cases.confined(
                "value of 3,000 bytes",
                cases.tar().pax(XATTR + "user.a", "x".repeat(3000)).file("a", "x"),
                "a",
                "xattrs user.a");
        cases.refused(
                "value of 64 KiB and one",
                null,
                cases.tar().pax(XATTR + "user.a", "x".repeat(65537)).file("a", "x"));
        String[] many = new String[2 * 10_000];
        String[] some = new String[2 * 1025];
        for (int i = 0; i < 10_000; i++) {
            many[2 * i] = XATTR + "user.n" + i;
            many[2 * i + 1] = "x";
        }
        System.arraycopy(many, 0, some, 0, some.length);
        cases.refused("1,025 of them", null, cases.tar().pax(some).file("a", "x"));
        cases.refused("10,000 of them", null, cases.tar().pax(many).file("a", "x"));
        cases.confined(
                "one of them 1,000 times",
                cases.tar().extended('x', RawTar.records(same(1000))).file("a", "x"),
                "a",
                "xattrs user.a");
    }

    private static String[] same(int times) {
        String[] records = new String[2 * times];
        for (int i = 0; i < times; i++) {
            records[2 * i] = XATTR + "user.a";
            records[2 * i + 1] = "x" + i;
        }
        return records;
    }

    private static void places(Cases cases) {
        cases.confined(
                "user's on a link",
                cases.tar().pax(XATTR + "user.a", "x").symlink("a", cases.canary + "/file"),
                "a",
                "xattrs");
        cases.confined(
                "user's on a fifo", cases.tar().pax(XATTR + "user.a", "x").fifo("a"), "a", "xattrs");
        cases.confined(
                "user's on a device", cases.tar().pax(XATTR + "user.a", "x").charDevice("a", 1, 3), "a", "xattrs");
        cases.confined(
                "trusted on a link",
                cases.tar().pax(XATTR + "trusted.a", "x").symlink("a", cases.canary + "/file"),
                "a",
                "xattrs trusted.a");
        cases.confined(
                "on a hard link", cases.tar().pax(XATTR + "user.a", "x").hardLink("a", "before"), "before", "xattrs");
        cases.confined(
                "on a hard link to a link",
                cases.tar()
                        .symlink("l", cases.canary + "/file")
                        .pax(XATTR + "trusted.a", "x")
                        .hardLink("a", "l"),
                "a",
                "xattrs");
        cases.confined(
                "on an opaque mark", cases.tar().pax(XATTR + "user.a", "x").file("d/.wh..wh..opq", ""), "d", "opaque");
        cases.confined(
                "only on the entry that they stand before",
                cases.tar().pax(XATTR + "user.a", "x").file("a", "x").file("b", "x"),
                "b",
                "xattrs");
    }
}
