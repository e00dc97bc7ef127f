package cairn.hostile;

/** Attacks on other engines' unpacking that got a number, made anew. */
final class KnownAttacks {
    private KnownAttacks() {}

    static void addTo(Cases cases) {
        String canary = cases.canary;
        cases.refused(
                "CVE-2021-32760, mode through a link",
                cases.tar().symlink("a", canary + "/file").entry("a", new RawHeader('0', "a").mode(0777)));
        cases.refused(
                "CVE-2021-32760, mode of a directory through a link",
                cases.tar().symlink("a", canary + "/inner").entry("a/", new RawHeader('5', "a/").mode(0777)));
        cases.refused(
                "CVE-2026-17106, link escapes by its parent",
                cases.tar()
                        .symlink("a", "..")
                        .symlink("a/b", "../../.." + canary)
                        .file("b/evil", "x"));
        cases.refused(
                "CVE-2026-17106, hard link escapes by a link",
                cases.tar().symlink("a", canary).hardLink("b", "a/../file").file("b", "x"));
        cases.refused(
                "CVE-2026-39822, slash at the end of a link",
                cases.tar().symlink("a", canary + "/inner").file("a/", "x"));
        cases.refused(
                "CVE-2026-39822, slash at the end of a parent",
                cases.tar().symlink("a", canary + "/inner").file("a//evil", "x"));
        cases.refused(
                "CVE-2026-39822, slash at the end of a hard link's target",
                cases.tar().symlink("a", canary + "/file").hardLink("b", "a/x"));
        cases.refused(
                "CVE-2019-14271, library of the host's helper",
                cases.tar().symlink("lib", canary).file("lib/libnss_files.so.2", "x"));
        cases.refused(
                "CVE-2014-9357, link to the parent and through it",
                cases.tar()
                        .symlink("parent", "../../../../../../..")
                        .file("parent" + canary + "/file/evil", "x")
                        .file("before", "y"));
        cases.refused(
                "CVE-2015-3630, link in proc",
                cases.tar().symlink("a", "/proc/1/root").file("a" + canary + "/evil", "x"));
        cases.refused(
                "CVE-2018-1002200, name with dots",
                cases.tar().file("a/b/c/../../../../../../.." + canary + "/file", "x"));
        cases.refused(
                "CVE-2018-20834, hard link, then a file of its name",
                cases.tar().hardLink("a", canary + "/file").file("a", "x"));
        cases.refused(
                "CVE-2021-32803, directory cache poisoned",
                cases.tar()
                        .directory("a")
                        .symlink("./a", canary)
                        .file("a/evil", "x")
                        .symlink("a", "x"));
        cases.refused(
                "CVE-2021-37701, cache poisoned by a backslash",
                "a\\b",
                cases.tar().directory("a\\b").symlink("a\\b", canary).file("a\\b/evil", "x"));
        cases.refused(
                "CVE-2021-37712, cache poisoned by a normal form",
                cases.tar().directory("\u00e9").symlink("e\u0301", canary).file("e\u0301/evil", "x"));
        cases.refused("CVE-2025-4517, links longer than a path", pathMax(cases));
        cases.refused("CVE-2025-45582, two archives, the first with a link", "a/evil", glued(cases));
        cases.refused(
                "CVE-2019-18466, hard link up by way of the root",
                cases.tar().symlink("r", "/").hardLink("a", "r/../../file"));
    }

    /** Many long links, so that the resolved path is longer than the kernel's and a checker gives up. */
    private static RawTar pathMax(Cases cases) {
        String name = "d".repeat(247);
        RawTar tar = cases.tar();
        String at = "";
        for (char link = 'a'; link < 'q'; link++) {
            tar.directory(at + name);
            tar.symlink(at + link, name);
            at += name + "/";
        }
        StringBuilder chain = new StringBuilder();
        for (char link = 'a'; link < 'q'; link++) {
            chain.append(link).append('/');
        }
        tar.symlink(chain + "l".repeat(254), "../".repeat(16));
        tar.symlink("escape", chain + "l".repeat(254) + "/../../../.." + cases.canary);
        return tar.file("escape/evil", "x");
    }

    private static byte[] glued(Cases cases) {
        return cases.tar().symlink("a", cases.canary).file("a/evil", "x").end();
    }
}
