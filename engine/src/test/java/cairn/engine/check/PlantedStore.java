package cairn.engine.check;

import cairn.engine.image.Image;
import cairn.engine.image.Images;
import cairn.engine.layer.Layer;
import cairn.engine.layer.Layers;
import cairn.engine.layer.ReadWriteLayer;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.engine.store.DataRoot;
import cairn.linux.DirectoryHandle;
import cairn.oci.ChainId;
import cairn.oci.DiffId;
import cairn.oci.ImageConfig;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/**
 * A small store with everything in it that a store can have: two images on a common layer, with each kind of entry in them, and a container.
 * It can be left and opened again, and be damaged in between or while it is open.
 */
final class PlantedStore implements AutoCloseable {
    static final String CONTAINER = "c".repeat(64);

    private final Path temporary;
    final Path path;
    final Layer base;
    final Layer top;
    final Layer other;
    final Image image;
    final Image second;
    final ReadWriteLayer container;
    private DataRoot root;
    private Layers layers;
    private Images images;

    PlantedStore() throws IOException {
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")), "needs root");
        // In memory: a hundred of these are made, and none has to outlive a power cut.
        temporary =
                Files.createTempDirectory(Path.of("/dev/shm"), "cairn-planted-").toRealPath();
        path = temporary.resolve("root");
        open();
        base = unpack(null, base());
        top = unpack(base.chainId(), top());
        other = unpack(base.chainId(), new Tar().file("other", "third\n"));
        layers.retain(base.chainId());
        layers.release(base.chainId());
        image = image("planted:1", List.of(base, top));
        second = image("planted:2", List.of(base, other));
        layers.release(base.chainId());
        container = layers.readWrite().create(CONTAINER, top.chainId(), true);
        layers.readWrite().recorded(CONTAINER);
        Path directory = Files.createDirectory(path.resolve("containers/" + CONTAINER));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x---"));
        Files.writeString(
                directory.resolve("config.v2.json"),
                "{\"ID\":\"%s\",\"Name\":\"/box\",\"Image\":\"%s\",\"Config\":{},\"State\":{}}"
                        .formatted(CONTAINER, image.id()));
        Files.writeString(directory.resolve("hostconfig.json"), "{}");
    }

    private static Tar base() {
        return new Tar()
                .directory("./")
                .directory("etc/")
                .file("etc/passwd", "root:x:0:0::/:/bin/sh\n")
                .file("etc/empty", "")
                .symlink("etc/link", "passwd")
                .hardLink("etc/hard", "etc/passwd")
                .directory("bin/", 0755)
                .write(
                        TarEntry.file("bin/su", 04755, 4, 1_600_000_000L)
                                .withOwner(7, 8)
                                .withMtime(1_600_000_000L, 123_456_789)
                                .withXattrs(Map.of("user.note", "hello".getBytes(StandardCharsets.UTF_8))),
                        "su!\n".getBytes(StandardCharsets.UTF_8))
                .node("null", TarType.CHAR_DEVICE, 0666, 1, 3)
                .node("pipe", TarType.FIFO, 0600, 0, 0)
                .file("unlisted/parent/file", "x")
                .directory("var/")
                .file("var/data", "y".repeat(100_000));
    }

    private static Tar top() {
        return new Tar()
                .directory("etc/")
                .file("etc/.wh.empty", "")
                .directory("var/")
                .file("var/.wh..wh..opq", "")
                .file("var/new", "new\n");
    }

    private Layer unpack(ChainId parent, Tar tar) throws IOException {
        return layers.unpack(parent, new ByteArrayInputStream(tar.bytes()), null);
    }

    private Image image(String name, List<Layer> pile) {
        List<DiffId> diffIds = pile.stream().map(Layer::diffId).toList();
        ImageConfig config = ImageConfig.create(new ImageConfig.Content(
                Instant.EPOCH,
                null,
                "amd64",
                null,
                "linux",
                null,
                RunConfig.empty(),
                RunConfig.empty(),
                diffIds,
                new ArrayList<>(),
                name,
                "test",
                null,
                null));
        return images.create(config, null, Reference.parseNormalized(name));
    }

    private void open() {
        root = DataRoot.open(path);
        layers = new Layers(root);
        images = new Images(root, layers, (action, id, name, labels) -> {}, Clock.systemUTC(), "test");
    }

    Layers layers() {
        return layers;
    }

    Images images() {
        return images;
    }

    /** Leaves the store, lets somebody at it, and opens it again. */
    void whileClosed(Damage damage) throws IOException {
        layers.close();
        root.close();
        damage.to(this);
        open();
        layers.readWrite().sweep(Set.of(CONTAINER));
    }

    interface Damage {
        void to(PlantedStore store) throws IOException;
    }

    StoreCheck check() {
        return new StoreCheck(root, layers, images, LayerSource.NONE, Clock.systemUTC(), Duration.ofMillis(1));
    }

    List<Finding> findings() {
        try {
            return check().check(true, (done, total, layer) -> {}).findings();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Repairs.Result repair() throws IOException, InterruptedException {
        StoreCheck check = check();
        StoreCheck.Report report = check.check(true, (done, total, layer) -> {});
        return new Repairs(root, layers, images, LayerSource.NONE)
                .repair(check, report, true, (done, total, layer) -> {});
    }

    // ---- where things are

    Path layerRecord(Layer layer) {
        return path.resolve(
                "image/overlay2/layerdb/sha256/" + layer.chainId().digest().hex());
    }

    Path link(Layer layer) {
        return path.resolve("overlay2/l/" + layer.link());
    }

    Path mountRecord() {
        return path.resolve("image/overlay2/layerdb/mounts/" + CONTAINER);
    }

    Path containerRecord() {
        return path.resolve("containers/" + CONTAINER);
    }

    Path config(Image image) {
        return path.resolve(
                "image/overlay2/imagedb/content/sha256/" + image.id().digest().hex());
    }

    Path metadata(Image image) {
        return path.resolve(
                "image/overlay2/imagedb/metadata/sha256/" + image.id().digest().hex());
    }

    Path names() {
        return path.resolve("image/overlay2/repositories.json");
    }

    // ---- small damages

    static void remove(Path path) {
        try (DirectoryHandle parent = DirectoryHandle.open(Objects.requireNonNull(path.getParent()))) {
            parent.deleteTree(path.getFileName().toString());
        }
    }

    static void replace(Path file, String from, String to) throws IOException {
        Files.writeString(file, Files.readString(file).replace(from, to));
    }

    static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** The times that a file had stay its times: only what a damage is about shall be noticed. */
    static void keepingTimes(Path path, Change change) throws IOException {
        var own = Files.exists(path) ? Files.getLastModifiedTime(path) : null;
        Path parent = Objects.requireNonNull(path.getParent());
        var above = Files.getLastModifiedTime(parent);
        change.run();
        if (own != null && Files.exists(path)) {
            Files.setLastModifiedTime(path, own);
        }
        Files.setLastModifiedTime(parent, above);
    }

    interface Change {
        void run() throws IOException;
    }

    @Override
    public void close() {
        layers.close();
        root.close();
        StoreFixture.delete(temporary);
    }
}
