package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LayersTest {
    StoreFixture store;

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
    }

    @AfterEach
    void close() {
        store.close();
    }

    static byte[] allKinds() {
        return new Tar()
                .directory("./")
                .directory("./etc", 0750)
                .file("./etc/passwd", "root:x:0:0::/:/bin/sh\n")
                .file("./implicit/parent/file", "x")
                .write(TarEntry.file("./bin/su", 06755, 2, 1_234_567_890).withOwner(1000, 70_000), "su".getBytes())
                .hardLink("./bin/su2", "./bin/su", 06755)
                .symlink("./bin/sh", "/bin/busybox")
                .hardLink("./bin/sh2", "bin/sh")
                .node("./dev/null", TarType.CHAR_DEVICE, 0666, 1, 3)
                .node("./dev/disk", TarType.BLOCK_DEVICE, 0660, 259, 300_000)
                .node("./run/pipe", TarType.FIFO, 0622, 0, 0)
                .directory("./tmp", 01777)
                .write(
                        TarEntry.file("./bin/ping", 0755, 4, Tar.TIME)
                                .withXattrs(Map.of(
                                        "security.capability",
                                        new byte[] {1, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})),
                        "ping".getBytes())
                .file("./Ä/" + "long".repeat(60), "")
                .file("./gone/.wh.old", "")
                .file("./fresh/.wh..wh..opq", "")
                .write(TarEntry.file("./times", 0600, 0, -5).withMtime(-5, 123_456_789), new byte[0])
                .bytes();
    }

    private Layer unpack(ChainId parent, byte[] tar) throws IOException {
        return store.layers().unpack(parent, new ByteArrayInputStream(tar), null);
    }

    private byte[] tar(Layer layer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.layers().tar(layer.chainId(), out);
        return out.toByteArray();
    }

    @Test
    void aLayerComesBackByteForByte() throws IOException {
        byte[] archive = allKinds();
        Layer layer = unpack(null, archive);
        assertThat(layer.diffId().digest()).isEqualTo(Digest.sha256(archive));
        assertThat(Digest.sha256(tar(layer))).isEqualTo(Digest.sha256(archive));
        assertThat(store.layers().tarLength(layer.chainId())).isEqualTo(archive.length);
        try (InputStream in = store.layers().openTar(layer.chainId())) {
            assertThat(Digest.sha256(in.readAllBytes())).isEqualTo(Digest.sha256(archive));
        }
    }

    @Test
    void filesAreWhatTheArchiveSays() throws IOException {
        Path diff = unpack(null, allKinds()).diff();
        assertThat(StoreFixture.mode(diff)).isEqualTo(0755);
        assertThat(StoreFixture.mode(diff.resolve("etc"))).isEqualTo(0750);
        assertThat(StoreFixture.mode(diff.resolve("implicit/parent"))).isEqualTo(0755);
        assertThat(StoreFixture.mode(diff.resolve("tmp"))).isEqualTo(01777);
        assertThat(StoreFixture.mode(diff.resolve("bin/su"))).isEqualTo(06755);
        assertThat(attribute(diff.resolve("bin/su"), "uid")).isEqualTo(1000);
        assertThat(attribute(diff.resolve("bin/su"), "gid")).isEqualTo(70_000);
        assertThat(attribute(diff.resolve("bin/su"), "nlink")).isEqualTo(2);
        assertThat(attribute(diff.resolve("bin/su2"), "ino")).isEqualTo(attribute(diff.resolve("bin/su"), "ino"));
        assertThat(Files.readSymbolicLink(diff.resolve("bin/sh2"))).hasToString("/bin/busybox");
        assertThat(Files.getLastModifiedTime(diff.resolve("etc")).toInstant()).hasToString("2020-09-13T12:26:40Z");
        assertThat(Files.getLastModifiedTime(diff.resolve("times")).toInstant())
                .hasToString("1969-12-31T23:59:55.123456789Z");
        try (DirectoryHandle root = DirectoryHandle.open(diff);
                DirectoryHandle dev = root.openIn("dev");
                DirectoryHandle gone = root.openIn("gone")) {
            assertThat(dev.stat("null").rdevMajor()).isEqualTo(1);
            assertThat(dev.stat("null").permissions()).isEqualTo(0666);
            assertThat(dev.stat("disk").rdevMinor()).isEqualTo(300_000);
            assertThat(gone.stat("old").isWhiteout()).isTrue();
            assertThat(root.getxattrs("fresh")).containsKey(Overlay.OPAQUE);
        }
        try (DirectoryHandle bin = DirectoryHandle.open(diff.resolve("bin"))) {
            assertThat(bin.getxattrs("ping")).containsKey("security.capability");
        }
    }

    private static Object attribute(Path path, String name) throws IOException {
        return Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
    }

    @Test
    void aLayerWithoutItsRecordIsMadeAgainAndUnpacksToTheSame() throws IOException {
        Layer layer = unpack(null, allKinds());
        Path record =
                store.root().layers().resolve(layer.chainId().digest().hex()).resolve("tar-split.json.gz");
        Files.delete(record);
        byte[] made = tar(layer);
        Layer second = unpack(null, made);
        Files.delete(
                store.root().layers().resolve(second.chainId().digest().hex()).resolve("tar-split.json.gz"));
        assertThat(Digest.sha256(tar(second))).isEqualTo(Digest.sha256(made));
        assertThat(second.size()).isEqualTo(layer.size());
    }

    @Test
    void aWhiteoutHidesWhatIsBelowAndNotItsOwnLayer() throws IOException {
        Layer layer = unpack(
                null,
                new Tar()
                        .file(".wh.after", "")
                        .file("after/kept", "x")
                        .directory("before")
                        .file("before/kept", "x")
                        .file(".wh.before", "")
                        .file("plain", "x")
                        .file(".wh.plain", "")
                        .file(".wh.again", "")
                        .file("again", "x")
                        .bytes());
        assertThat(layer.diff().resolve("after/kept")).hasContent("x");
        assertThat(layer.diff().resolve("before/kept")).hasContent("x");
        assertThat(layer.diff().resolve("plain")).hasContent("x");
        assertThat(layer.diff().resolve("again")).hasContent("x");
        try (DirectoryHandle root = DirectoryHandle.open(layer.diff())) {
            assertThat(root.getxattrs("after")).containsKey(Overlay.OPAQUE);
            assertThat(root.getxattrs("before")).containsKey(Overlay.OPAQUE);
        }
    }

    @Test
    void layersAreSharedAndGoWithTheirLastUse() throws Exception {
        Layer base = unpack(null, new Tar().file("a", "1").bytes());
        Layer top = unpack(base.chainId(), new Tar().file("b", "2").bytes());
        Layer again = unpack(base.chainId(), new Tar().file("b", "2").bytes());
        assertThat(again).isEqualTo(top);
        assertThat(top.chainId()).isEqualTo(base.chainId().next(top.diffId()));
        assertThat(store.layers().chain(top.chainId())).containsExactly(top, base);
        assertThat(store.layers().release(base.chainId())).isEmpty();
        assertThat(store.layers().release(top.chainId())).isEmpty();
        assertThat(store.layers().release(top.chainId())).containsExactly(top.chainId(), base.chainId());
        store.assertEmpty();
    }

    @Test
    void aWrongDigestLeavesNothing() {
        DiffId other = new DiffId(Digest.sha256(new byte[0]));
        InputStream tar = new ByteArrayInputStream(allKinds());
        assertThatThrownBy(() -> store.layers().unpack(null, tar, other))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.problem()).isInstanceOf(Problem.BadArchive.class));
        store.assertEmpty();
    }

    @Test
    void aBrokenSourceLeavesNothingAndItsErrorComesThrough() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }
        };
        InputStream half = new ByteArrayInputStream(allKinds(), 0, 3000);
        assertThatThrownBy(() -> store.layers().unpack(null, new SequenceInputStream(half, broken), null))
                .isInstanceOf(IOException.class)
                .hasMessage("connection reset");
        store.assertEmpty();
    }

    @Test
    void whatAKillLeavesIsSweptAndNothingElse() throws Exception {
        Layer kept = unpack(null, new Tar().file("a", "1").bytes());
        store.layers().recorded(kept.chainId());
        // Killed while unpacking, after publishing but before any image, and while removing.
        store.layers().stage(new ByteArrayInputStream(new Tar().file("b", "2").bytes()), null);
        Layer unrecorded = unpack(kept.chainId(), new Tar().file("c", "3").bytes());
        // dockerd's, or anybody's: no record and no mark.
        Path stranger = Files.createDirectories(store.root().overlay2().resolve("stranger/diff"));

        Layers reopened = store.reopen();
        reopened.retain(kept.chainId());
        reopened.sweep();

        assertThat(reopened.find(kept.chainId())).isEqualTo(kept);
        assertThat(reopened.find(unrecorded.chainId())).isNull();
        assertThat(stranger).exists();
        assertThat(store.remains())
                .containsExactlyInAnyOrder(
                        "overlay2/" + kept.cacheId(),
                        "overlay2/stranger",
                        "overlay2/l/" + kept.link(),
                        "image/overlay2/layerdb/sha256/"
                                + kept.chainId().digest().hex());
        // The layer has one use, the image's.
        assertThat(reopened.release(kept.chainId())).containsExactly(kept.chainId());
    }

    @Test
    void filesOfAllSizesAreWrittenOutAndClosed() throws IOException {
        Random random = new Random(1);
        Tar tar = new Tar();
        Map<String, byte[]> contents = new HashMap<>();
        for (int size : new int[] {0, 1, 511, 512, 513, 70_000, 256 << 10, 300_000, 40 << 20}) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            contents.put("f" + size, content);
            tar.write(TarEntry.file("f" + size, 0644, size, Tar.TIME), content);
        }
        for (int i = 0; i < 500; i++) {
            tar.file("many/f" + i, "content " + i);
        }
        Layer layer = unpack(null, tar.bytes());

        for (Map.Entry<String, byte[]> file : contents.entrySet()) {
            assertThat(layer.diff().resolve(file.getKey())).hasBinaryContent(file.getValue());
        }
        assertThat(layer.diff().resolve("many/f499")).hasContent("content 499");
        store.layers().close();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::isSymbolicLink).map(LayersTest::target))
                    .noneMatch(target -> target.startsWith(layer.diff().toString()));
        }
        store.reopen();
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    @Test
    void tooManyLayersAreRefused() throws IOException {
        ChainId top = null;
        for (int i = 0; i < Overlay.MAX_LOWERS; i++) {
            top = unpack(top, new Tar().file("f" + i, "").bytes()).chainId();
        }
        ChainId full = top;
        assertThatThrownBy(() -> unpack(full, new Tar().file("last", "").bytes()))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.problem()).isEqualTo(new Problem.TooManyLayers(128)));
        assertThatThrownBy(() -> store.layers().readWrite().create("c".repeat(64), full, true))
                .isInstanceOf(EngineException.class);
    }
}
