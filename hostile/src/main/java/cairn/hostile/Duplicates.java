package cairn.hostile;

/** One name for two things: programs differ in which of the two they take. */
final class Duplicates {
    private Duplicates() {}

    static void addTo(Cases cases) {
        String types = "0123456";
        for (char first : Cases.each(types)) {
            for (char second : Cases.each(types)) {
                if (first != second && !(first == '1' && second == '0')) {
                    cases.refused("type %c, then type %c".formatted(first, second), twice(cases, first, second));
                }
            }
        }
        cases.refused("file twice", cases.tar().file("a", "x").file("a", "y"));
        cases.refused("file twice in two spellings", cases.tar().file("a", "x").file("./a", "y"));
        cases.refused("file twice with slashes", cases.tar().file("d/a", "x").file("d//a", "y"));
        cases.refused("file twice, once absolute", cases.tar().file("a", "x").file("/a", "y"));
        cases.refused("file twice, once by dots", cases.tar().file("a", "x").file("d/../a", "y"));
        cases.refused("directory twice", cases.tar().directory("a").directory("a"));
        cases.refused(
                "directory twice with and without a slash",
                cases.tar().directory("a").directory("a/"));
        cases.refused("link twice", cases.tar().symlink("a", "x").symlink("a", cases.canary));
        cases.refused("hard link twice", cases.tar().hardLink("a", "before").hardLink("a", "before"));
        cases.refused(
                "file twice by two ways",
                cases.tar().directory("d").symlink("l", "d").file("d/a", "x").file("l/a", "y"));
        cases.confined(
                "directory twice by two ways",
                cases.tar()
                        .directory("d")
                        .symlink("l", "d")
                        .directory("d/a")
                        .entry("l/a", new RawHeader('5', "l/a").mode(0700)),
                "d/a",
                "mode 0700");
        cases.refused(
                "setuid by a second entry", cases.tar().file("a", "x").entry("a", new RawHeader('0', "a").mode(04755)));
        cases.refused(
                "setuid by a second directory",
                cases.tar().directory("a").entry("a", new RawHeader('5', "a").mode(06777)));
        cases.refused(
                "owner by a second entry",
                cases.tar().file("a", "x").entry("a", new RawHeader('0', "a").octal(RawHeader.UID, 8, 1000)));
        cases.confined(
                "two names that differ in case",
                cases.tar().file("Evil", "x").file("evil", "y"),
                "Evil",
                "file x",
                "evil",
                "file y");
        cases.confined(
                "directory and file that differ in case",
                cases.tar().directory("Etc").file("etc", "y"),
                "Etc",
                "dir",
                "etc",
                "file y");
        cases.confined(
                "two normal forms of one name",
                cases.tar().file("\u00e9", "x").file("e\u0301", "y"),
                "\u00e9",
                "file x",
                "e\u0301",
                "file y");
        cases.confined(
                "link and file in two normal forms",
                cases.tar().symlink("\u00e9", cases.canary).directory("e\u0301").file("e\u0301/evil", "y"),
                "e\u0301/evil",
                "file y");
        cases.confined("ligature", cases.tar().file("\ufb01", "x").file("fi", "y"), "fi", "file y");
        cases.confined("full width", cases.tar().file("\uff45", "x").file("e", "y"), "e", "file y");
        cases.confined("ignorable letter", cases.tar().file("e\u200d", "x").file("e", "y"), "e", "file y");
        cases.confined(
                "Turkish i", cases.tar().file("\u0130", "x").file("i", "y").file("\u0131", "z"), "i", "file y");
        cases.confined(
                "directory after what is in it",
                cases.tar().file("d/a", "x").entry("d", new RawHeader('5', "d").mode(0700)),
                "d",
                "mode 0700");
    }

    private static RawTar twice(Cases cases, char first, char second) {
        return one(one(cases.tar(), first), second);
    }

    private static RawTar one(RawTar tar, char type) {
        return tar.entry(
                "a",
                new RawHeader(type, "a")
                        .link(type == '1' || type == '2' ? "before" : "")
                        .device(1, 3));
    }
}
