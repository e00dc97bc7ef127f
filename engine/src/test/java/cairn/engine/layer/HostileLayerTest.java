package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that try to get out: each is refused with nothing left behind, or stays inside its layer. */
class HostileLayerTest {
    Path canary;
    StoreFixture store;
    String canaryBefore;

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
        canary = Files.createDirectories(store.temporary().resolve("canary"));
        Files.writeString(canary.resolve("file"), "sings");
        Files.createDirectory(canary.resolve("inner"));
        canaryBefore = picture();
    }

    @AfterEach
    void canaryStillSings() throws IOException {
        String after = picture();
        store.close();
        assertThat(after).isEqualTo(canaryBefore);
    }

    /** Names, kinds, modes, owners, sizes, times, link counts and contents. */
    private String picture() throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> all = Files.walk(canary)) {
            for (Path path : all.sorted().toList()) {
                Map<String, Object> facts = new TreeMap<>(Files.readAttributes(
                        path, "unix:mode,uid,gid,size,nlink,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS));
                text.append(path).append(facts);
                if (Files.isRegularFile(path)) {
                    text.append(Files.readString(path));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    static final String UP = "../".repeat(30);

    static Stream<Arguments> refused() {
        Map<String, BiFunction<Tar, String, Tar>> cases = new LinkedHashMap<>();
        cases.put("name goes up", (tar, out) -> tar.file("../evil", "x"));
        cases.put("name goes up in the middle", (tar, out) -> tar.file("a/../../evil", "x"));
        cases.put("name goes up at its end", (tar, out) -> tar.directory("a/../.."));
        cases.put("name goes up to the canary", (tar, out) -> tar.file(UP + out + "/evil", "x"));
        cases.put("absolute name goes up", (tar, out) -> tar.file("/../evil", "x"));
        cases.put("root becomes a file", (tar, out) -> tar.file("./", "x"));
        cases.put("root becomes a link", (tar, out) -> tar.symlink(".", out));
        cases.put("component of 256 bytes", (tar, out) -> tar.file("n".repeat(256), "x"));
        cases.put(
                "through an absolute link", (tar, out) -> tar.symlink("a", out).file("a/evil", "x"));
        cases.put(
                "through a relative link",
                (tar, out) -> tar.symlink("a", UP + out).file("a/evil", "x"));
        cases.put(
                "through two links",
                (tar, out) -> tar.symlink("a", "b").symlink("b", out).file("a/evil", "x"));
        cases.put(
                "directory through a link", (tar, out) -> tar.symlink("a", out).directory("a/evil/deep"));
        cases.put(
                "over a file that a link shows",
                (tar, out) -> tar.symlink("a", out).file("a/file", "x"));
        cases.put(
                "through a link to itself", (tar, out) -> tar.symlink("a", "a").file("a/evil", "x"));
        cases.put("through a file", (tar, out) -> tar.file("a", "x").file("a/evil", "x"));
        cases.put("over a link", (tar, out) -> tar.symlink("a", out + "/file").file("a", "x"));
        cases.put("directory over a link", (tar, out) -> tar.symlink("a", out).directory("a", 0777));
        cases.put("link over a directory", (tar, out) -> tar.directory("a").symlink("a", out));
        cases.put("same file twice", (tar, out) -> tar.file("a", "x").file("./a", "y"));
        cases.put("same directory twice", (tar, out) -> tar.directory("a").directory("a", 0777));
        cases.put("hard link out by name", (tar, out) -> tar.hardLink("a", UP + out + "/file"));
        cases.put("hard link out absolutely", (tar, out) -> tar.hardLink("a", out + "/file"));
        cases.put(
                "hard link through a link", (tar, out) -> tar.symlink("a", out).hardLink("b", "a/file"));
        cases.put("hard link to a directory", (tar, out) -> tar.directory("a").hardLink("b", "a"));
        cases.put("hard link to itself", (tar, out) -> tar.hardLink("a", "a"));
        cases.put(
                "hard link before its target",
                (tar, out) -> tar.hardLink("a", "b").file("b", "x"));
        cases.put("hard link to the root", (tar, out) -> tar.hardLink("a", "."));
        cases.put("unknown type", (tar, out) -> tar.flag("a", 'Z'));
        cases.put("major number out of range", (tar, out) -> tar.node("a", TarType.CHAR_DEVICE, 0600, 4096, 1));
        cases.put("minor number out of range", (tar, out) -> tar.node("a", TarType.BLOCK_DEVICE, 0600, 1, 1 << 20));
        cases.put("whiteout of nothing", (tar, out) -> tar.file(".wh.", ""));
        cases.put("whiteout of the directory itself", (tar, out) -> tar.file("a/.wh..", ""));
        cases.put("whiteout of the parent", (tar, out) -> tar.file("a/.wh...", ""));
        cases.put("whiteout that is a directory", (tar, out) -> tar.directory(".wh.a"));
        cases.put("whiteout that is a link", (tar, out) -> tar.symlink(".wh.a", out));
        cases.put("whiteout with content", (tar, out) -> tar.file(".wh.a", "x"));
        cases.put("whiteout through a link", (tar, out) -> tar.symlink("a", out).file("a/.wh.file", ""));
        cases.put(
                "opaque mark through a link",
                (tar, out) -> tar.symlink("a", out).file("a/.wh..wh..opq", ""));
        cases.put(
                "owner beyond 32 bits",
                (tar, out) -> tar.write(TarEntry.file("a", 0644, 0, 0).withOwner(1L << 32, 0), new byte[0]));
        cases.put(
                "owner that means no change",
                (tar, out) -> tar.write(TarEntry.file("a", 04755, 0, 0).withOwner(0xffffffffL, 0), new byte[0]));
        return cases.entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(String what, BiFunction<Tar, String, Tar> make) {
        byte[] archive =
                make.apply(new Tar().file("before", "x"), canary.toString()).bytes();
        assertThatThrownBy(() -> store.layers().unpack(null, new ByteArrayInputStream(archive), null))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.problem()).isInstanceOf(Problem.BadArchive.class));
        store.assertEmpty();
    }

    static Stream<Arguments> confined() {
        Map<String, BiFunction<Tar, String, Tar>> cases = new LinkedHashMap<>();
        cases.put("absolute name", (tar, out) -> tar.file(out + "/evil", "x"));
        cases.put("absolute link", (tar, out) -> tar.symlink("a", out));
        cases.put("link far up", (tar, out) -> tar.symlink("a", UP + out));
        cases.put("links to one another", (tar, out) -> tar.symlink("a", "b").symlink("b", "a"));
        cases.put(
                "link whose target the layer has too",
                (tar, out) -> tar.directory(out).symlink("a", out).file("a/evil", "x"));
        cases.put(
                "hard link to a link with another mode",
                (tar, out) -> tar.symlink("a", out + "/file").hardLink("b", "a", 0777));
        cases.put("whiteout of a link", (tar, out) -> tar.symlink("a", out).file(".wh.a", ""));
        cases.put("fifo", (tar, out) -> tar.node("a", TarType.FIFO, 0600, 0, 0));
        cases.put("whiteout in disguise", (tar, out) -> tar.node("a", TarType.CHAR_DEVICE, 0, 0, 0));
        cases.put("disk", (tar, out) -> tar.node("a", TarType.BLOCK_DEVICE, 0600, 254, 0));
        cases.put("deep", (tar, out) -> tar.file("a/".repeat(500) + "f", "x"));
        cases.put("aufs directory", (tar, out) -> tar.directory(".wh..wh.plnk").file(".wh..wh.aufs", ""));
        return cases.entrySet().stream().map(one -> Arguments.of(one.getKey(), one.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void confined(String what, BiFunction<Tar, String, Tar> make) throws Exception {
        byte[] archive =
                make.apply(new Tar().file("before", "x"), canary.toString()).bytes();
        Layer layer = store.layers().unpack(null, new ByteArrayInputStream(archive), null);
        assertThat(layer.diff().resolve("before")).hasContent("x");
        store.layers().release(layer.chainId());
        store.root().trash().drain();
        store.assertEmpty();
    }

    @Test
    void overlayAttributesOfAnArchiveAreDropped() throws IOException {
        byte[] evil = "../../../../etc".getBytes();
        byte[] archive = new Tar()
                .write(
                        TarEntry.directory("a", 0755, 0)
                                .withXattrs(Map.of(
                                        "trusted.overlay.redirect",
                                        evil,
                                        "user.overlay.redirect",
                                        evil,
                                        "trusted.overlay.opaque",
                                        "y".getBytes(),
                                        "user.kept",
                                        "1".getBytes())),
                        new byte[0])
                .bytes();
        Layer layer = store.layers().unpack(null, new ByteArrayInputStream(archive), null);
        try (var diff = cairn.linux.DirectoryHandle.open(layer.diff())) {
            assertThat(diff.getxattrs("a")).containsOnlyKeys("user.kept");
        }
    }

    @Test
    void aTruncatedArchiveLeavesNothing() {
        byte[] archive = new Tar()
                .directory("a")
                .file("a/f", "x".repeat(3000))
                .symlink("a/l", "f")
                .file("b", "y")
                .bytes();
        // Cut between two entries an archive looks whole: only its digest tells.
        DiffId whole = new DiffId(Digest.sha256(archive));
        for (int length = 1; length < archive.length - 1024; length += 97) {
            byte[] part = Arrays.copyOf(archive, length);
            assertThatThrownBy(() -> store.layers().unpack(null, new ByteArrayInputStream(part), whole))
                    .as("cut at %d", length)
                    .isInstanceOf(EngineException.class);
        }
        store.assertEmpty();
    }
}
