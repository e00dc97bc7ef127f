package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.DirectoryHandle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReadWriteLayersTest {
    static final String CONTAINER = "c".repeat(64);

    StoreFixture store;

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Layer layer(Layer below, Tar tar) throws IOException {
        return store.layers()
                .unpack(below == null ? null : below.chainId(), new ByteArrayInputStream(tar.bytes()), null);
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.skip(1)
                    .map(path -> directory.relativize(path)
                            + (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "/" : ""))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theInitLayerHoldsWhatEveryContainerNeeds() throws IOException {
        Layer image = layer(null, new Tar().directory("bin"));
        ReadWriteLayer made = store.layers().readWrite().create(CONTAINER, image.chainId(), true);
        // As a dockerd 20.10 makes it of the same image.
        assertThat(names(made.initDirectory().resolve("diff")))
                .containsExactly(
                        ".dockerenv",
                        "dev/",
                        "dev/console",
                        "dev/pts/",
                        "dev/shm/",
                        "etc/",
                        "etc/hostname",
                        "etc/hosts",
                        "etc/mtab",
                        "etc/resolv.conf",
                        "proc/",
                        "sys/");
        assertThat(Files.readSymbolicLink(made.initDirectory().resolve("diff/etc/mtab")))
                .hasToString("/proc/mounts");
        assertThat(StoreFixture.mode(made.initDirectory().resolve("diff/etc/hosts")))
                .isEqualTo(0755);
        assertThat(names(made.directory())).containsExactly("diff/", "link", "lower", "merged/", "work/");
        assertThat(names(made.initDirectory()))
                .contains("committed", "link", "lower", "work/")
                .doesNotContain("merged/");
        assertThat(made.directory().resolve("lower")).hasContent("l/" + made.initLink() + ":l/" + image.link());
        assertThat(made.initDirectory().resolve("lower")).hasContent("l/" + image.link());
        assertThat(made.link()).matches("[A-Z2-7]{26}");
        assertThat(store.root().links().resolve(made.initLink()).toRealPath())
                .isEqualTo(made.initDirectory().resolve("diff"));
        assertThat(image.directory().resolve("committed")).exists();
        assertThat(StoreFixture.mode(made.directory())).isEqualTo(0710);
        assertThat(StoreFixture.mode(made.work())).isEqualTo(0700);
    }

    @Test
    void theInitLayerHidesLinksAndFilesAndKeepsDirectories() throws IOException {
        Layer base = layer(
                null,
                new Tar()
                        .directory("etc", 0700)
                        .file("etc/hosts", "image's")
                        .directory("etc/resolv.conf")
                        .directory("dev")
                        .file("dev/below", "x")
                        .directory("proc", 0555)
                        .directory("sys"));
        Layer top = layer(
                base,
                new Tar()
                        .file(".wh.dev", "")
                        .symlink("var", "/")
                        .file(".wh.sys", "")
                        .symlink("sys", "../../.."));
        Layer link = layer(top, new Tar().symlink("dev", "/tmp"));
        ReadWriteLayer made = store.layers().readWrite().create(CONTAINER, link.chainId(), true);
        Path diff = made.initDirectory().resolve("diff");
        assertThat(names(diff))
                .containsExactly(
                        ".dockerenv",
                        "dev/",
                        "dev/console",
                        "dev/pts/",
                        "dev/shm/",
                        "etc/",
                        "etc/hostname",
                        "etc/hosts",
                        "etc/mtab",
                        "sys/");
        assertThat(StoreFixture.mode(diff.resolve("etc"))).isEqualTo(0700);
        assertThat(diff.resolve("etc/hosts")).isEmptyFile();
        try (DirectoryHandle root = DirectoryHandle.open(diff)) {
            assertThat(root.getxattrs("dev")).containsKey(Overlay.OPAQUE);
            assertThat(root.getxattrs("sys")).containsKey(Overlay.OPAQUE);
            assertThat(root.getxattrs("etc")).doesNotContainKey(Overlay.OPAQUE);
        }
    }

    @Test
    void theMountIsWrittenAsDockerdWritesIt() throws IOException {
        Layer base = layer(null, new Tar().file("a", "1"));
        Layer top = layer(base, new Tar().file("b", "2"));
        ReadWriteLayer made = store.layers().readWrite().create(CONTAINER, top.chainId(), true);
        OverlayMount mount = store.layers().readWrite().overlayMount(CONTAINER, false);
        String home = store.root().overlay2().toString();
        assertThat(mount.data())
                .isEqualTo("%slowerdir=%s/l/%s:%s/l/%s:%s/l/%s,upperdir=%s/%s/diff,workdir=%s/%s/work"
                        .formatted(
                                mount.indexOff() ? "index=off," : "",
                                home,
                                made.initLink(),
                                home,
                                top.link(),
                                home,
                                base.link(),
                                home,
                                made.mountId(),
                                home,
                                made.mountId()));
        assertThat(store.layers().readWrite().overlayMount(CONTAINER, true).data())
                .endsWith("/work,volatile");
        assertThat(mount.target()).isEqualTo(made.merged().toString());
        assertThat(mount.fitsAbsolute()).isTrue();
        assertThat(store.layers().readWrite().graphDriver(CONTAINER).toMap())
                .containsEntry("LowerDir", made.initDirectory().resolve("diff") + ":" + top.diff() + ":" + base.diff())
                .containsEntry("UpperDir", made.upper().toString());
    }

    @Test
    void aRemovedContainerLeavesNothingButItsImage() throws Exception {
        Layer image = layer(null, new Tar().file("a", "1"));
        List<String> before = store.remains();
        store.layers().readWrite().create(CONTAINER, image.chainId(), true);
        assertThat(store.layers().release(image.chainId()))
                .as("the container still uses it")
                .isEmpty();
        store.layers().retain(image.chainId());
        store.layers().readWrite().remove(CONTAINER);
        store.layers().readWrite().remove(CONTAINER);
        assertThat(store.remains()).isEqualTo(before);
        store.root().trash().drain();
        try (Stream<Path> trash = Files.list(store.root().path().resolve("cairn/trash"))) {
            assertThat(trash).isEmpty();
        }
    }

    @Test
    void aContainersLayersAreFoundAgainAndStrayOnesAreSwept() throws IOException {
        Layer image = layer(null, new Tar().file("a", "1"));
        store.layers().recorded(image.chainId());
        ReadWriteLayer made = store.layers().readWrite().create(CONTAINER, image.chainId(), true);
        store.layers().readWrite().create("d".repeat(64), image.chainId(), true);
        Files.createDirectory(store.root().layerMounts().resolve("e".repeat(64)));
        Layers reopened = store.reopen();
        reopened.retain(image.chainId());
        reopened.sweep();
        reopened.readWrite().sweep(Set.of(CONTAINER));
        assertThat(reopened.readWrite().find(CONTAINER)).isEqualTo(made);
        assertThat(store.remains()).filteredOn(name -> name.contains("mounts/")).hasSize(1);
        assertThat(store.remains())
                .filteredOn(name -> name.startsWith("overlay2/l/"))
                .hasSize(3);
        assertThat(reopened.release(image.chainId())).isEmpty();
    }

    @Test
    void whatAContainerWroteBecomesALayer() throws IOException {
        Layer image = layer(null, new Tar().file("a", "1"));
        ReadWriteLayer made = store.layers().readWrite().create(CONTAINER, image.chainId(), true);
        Files.writeString(made.upper().resolve("new"), "12345");
        Files.createLink(made.upper().resolve("same"), made.upper().resolve("new"));
        try (DirectoryHandle upper = DirectoryHandle.open(made.upper())) {
            upper.mknod("a", cairn.linux.FileStatus.S_IFCHR, 0, 0);
        }
        assertThat(store.layers().readWrite().size(CONTAINER)).isEqualTo(5);
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        store.layers().readWrite().tree(CONTAINER).openChanges().transferTo(tar);
        Layer committed = store.layers().unpack(image.chainId(), new ByteArrayInputStream(tar.toByteArray()), null);
        assertThat(names(committed.diff())).containsExactly("a", "new", "same");
        try (DirectoryHandle diff = DirectoryHandle.open(committed.diff())) {
            assertThat(diff.stat("a").isWhiteout()).isTrue();
            assertThat(diff.stat("same").links()).isEqualTo(2);
        }
    }
}
