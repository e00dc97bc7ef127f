package cairn.oci.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.hostile.HostileImage;
import cairn.hostile.HostileImages;
import cairn.oci.Descriptor;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.ImageConfig;
import cairn.oci.Index;
import cairn.oci.InvalidDocumentException;
import cairn.oci.Manifest;
import cairn.oci.MediaTypes;
import cairn.oci.Platform;
import cairn.oci.Reference;
import cairn.oci.RunConfig;
import cairn.oci.tar.LayerCompression;
import cairn.oci.tar.TarEntry;
import cairn.oci.tar.TarException;
import cairn.oci.tar.TarLimits;
import cairn.oci.tar.TarType;
import cairn.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageArchiveTest {
    private static final Platform AMD64 = new Platform("linux", "amd64", null);
    private static final Reference BUSYBOX = Reference.parseNormalized("busybox:latest");

    @TempDir
    Path spool;

    @AfterEach
    void nothingIsLeftInTheSpoolDirectory() throws IOException {
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        byte[] base = layer("base");
        byte[] top = layer("top");
        ImageConfig one = config(base, top);
        ImageConfig two = config(base);
        Reference tag = Reference.parseNormalized("localhost:5000/x/y:1");
        byte[] archive = written(List.of(
                new ImageArchiveWriter.Image(one, List.of(source(base), source(top)), List.of(BUSYBOX, tag)),
                new ImageArchiveWriter.Image(two, List.of(source(base)), List.of())));
        for (byte[] form : List.of(archive, gzip(archive), without(archive, "manifest.json"))) {
            try (ImageArchive read = open(form)) {
                assertThat(read.images()).extracting(ImageArchive.Image::config).containsExactly(one, two);
                assertThat(read.images().get(0).tags()).containsExactly(BUSYBOX, tag);
                assertThat(read.images().get(1).tags()).isEmpty();
                assertThat(contents(read.images().get(0))).containsExactly(base, top);
                assertThat(contents(read.images().get(1))).containsExactly(base);
            }
        }
        assertThat(names(archive))
                .doesNotHaveDuplicates()
                .contains("oci-layout", "index.json", "manifest.json", "repositories", "blobs/sha256/");
        assertThat(text(file(archive, "manifest.json")))
                .startsWith("[{\"Config\":\"blobs/sha256/" + one.id().digest().hex()
                        + "\",\"RepoTags\":[\"busybox:latest\",\"localhost:5000/x/y:1\"],\"Layers\":[\"blobs/sha256/")
                .contains("\"RepoTags\":null");
        assertThat(text(file(archive, "repositories")))
                .isEqualTo("{\"busybox\":{\"latest\":\"" + Digest.sha256(top).hex()
                        + "\"},\"localhost:5000/x/y\":{\"1\":\""
                        + Digest.sha256(top).hex() + "\"}}");
    }

    @Test
    void writerRefusesContentThatIsNotTheLayers() throws IOException {
        byte[] base = layer("base");
        byte[] other = layer("othr");
        ImageArchiveWriter.Layer wrong = new ImageArchiveWriter.Layer(
                new DiffId(Digest.sha256(base)), base.length, () -> new ByteArrayInputStream(other));
        assertThatThrownBy(
                        () -> written(List.of(new ImageArchiveWriter.Image(config(base), List.of(wrong), List.of()))))
                .isInstanceOf(ArchiveException.class)
                .hasMessageContaining("does not have the content");
        assertThatThrownBy(() -> new ImageArchiveWriter.Image(config(base), List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Docker before 25: a directory for each layer, and links where a layer is there already. */
    @Test
    void olderArchivesWithLinkedLayersAreRead() throws IOException {
        byte[] base = layer("base");
        ImageConfig image = config(base, base, base);
        String json = manifest(image, "a/layer.tar", "b/layer.tar", "c/layer.tar");
        byte[] archive = new Tar()
                .add(TarEntry.directory("a", 0755, 0))
                .file("a/VERSION", "1.0")
                .file("a/layer.tar", base)
                .add(TarEntry.symlink("b/layer.tar", "../a/layer.tar", 0))
                .add(TarEntry.hardLink("c/layer.tar", "b/layer.tar", 0644, 0))
                .file(hex(image) + ".json", image.bytes())
                .file("./manifest.json", json)
                .file("repositories", "{}")
                .bytes();
        try (ImageArchive read = open(archive)) {
            assertThat(contents(read.images().getFirst())).containsExactly(base, base, base);
        }
    }

    @Test
    void layersOfALayoutMayBeCompressed() throws IOException {
        byte[] base = layer("base");
        byte[] gzipped = gzip(base);
        try (ImageArchive read = open(layout(
                config(base),
                gzipped,
                MediaTypes.OCI_LAYER_GZIP,
                Map.of("io.containerd.image.name", "docker.io/library/busybox:latest")))) {
            ImageArchive.Image image = read.images().getFirst();
            assertThat(image.tags()).containsExactly(BUSYBOX);
            assertThat(image.layers().getFirst().size()).isEqualTo(gzipped.length);
            assertThat(contents(image)).containsExactly(base);
        }
    }

    @Test
    void tagAloneNamesNothing() throws IOException {
        byte[] base = layer("base");
        try (ImageArchive read = open(layout(
                config(base), base, MediaTypes.OCI_LAYER, Map.of("org.opencontainers.image.ref.name", "latest")))) {
            assertThat(read.images().getFirst().tags()).isEmpty();
        }
        try (ImageArchive read = open(layout(
                config(base), base, MediaTypes.OCI_LAYER, Map.of("org.opencontainers.image.ref.name", "h.io/a:1")))) {
            assertThat(read.images().getFirst().tags()).containsExactly(Reference.parseNormalized("h.io/a:1"));
        }
    }

    @Test
    void ofSeveralPlatformsTheOneAskedForIsTaken() throws IOException {
        Platform far = new Platform("linux", "s390x", null);
        Platform other = new Platform("linux", "arm64", "v8");
        for (List<Platform> order : List.of(List.of(AMD64, far), List.of(far, AMD64))) {
            try (ImageArchive read = open(indexOf(order))) {
                assertThat(read.images()).hasSize(1);
                assertThat(read.images().getFirst().config().content().comment())
                        .isEqualTo("linux/amd64");
            }
        }
        try (ImageArchive read = open(indexOf(List.of(far)))) {
            assertThat(read.images()).as("what is there alone is taken").hasSize(1);
        }
        byte[] none = indexOf(List.of(far, other));
        assertThatThrownBy(() -> open(none))
                .hasMessage("archive has its image for linux/s390x, linux/arm64/v8, not for linux/amd64");
    }

    /** An image for each platform, which says so in its comment. */
    private static byte[] indexOf(List<Platform> platforms) throws IOException {
        Tar tar = new Tar();
        List<Descriptor> manifests = new ArrayList<>();
        for (Platform platform : platforms) {
            byte[] base = layer(platform.toString());
            ImageConfig.Content content = config(base).content();
            ImageConfig image = ImageConfig.create(new ImageConfig.Content(
                    content.created(),
                    null,
                    platform.architecture(),
                    null,
                    "linux",
                    null,
                    null,
                    null,
                    content.diffIds(),
                    content.history(),
                    platform.toString(),
                    null,
                    null,
                    null));
            Descriptor manifest = tar.blob(
                    MediaTypes.OCI_MANIFEST,
                    ociManifest(tar, image, base, MediaTypes.OCI_LAYER).toJson());
            manifests.add(new Descriptor(
                    manifest.mediaType(), manifest.digest(), manifest.size(), Map.of(), platform, List.of(), null));
        }
        Descriptor nested = tar.blob(MediaTypes.OCI_INDEX, new Index(MediaTypes.OCI_INDEX, manifests).toJson());
        tar.file("index.json", new Index(MediaTypes.OCI_INDEX, List.of(named(nested, "busybox"))).toJson());
        return tar.bytes();
    }

    @Test
    void nestedIndexGivesThePlatformsThatAreThere() throws IOException {
        byte[] base = layer("base");
        ImageConfig image = config(base);
        Tar tar = new Tar();
        Descriptor manifest = tar.blob(
                MediaTypes.OCI_MANIFEST,
                ociManifest(tar, image, base, MediaTypes.OCI_LAYER).toJson());
        Descriptor missing = new Descriptor(
                MediaTypes.OCI_MANIFEST,
                Digest.sha256(new byte[1]),
                5,
                Map.of(),
                new Platform("linux", "arm64", null),
                List.of(),
                null);
        Descriptor attestation = new Descriptor(
                manifest.mediaType(),
                manifest.digest(),
                manifest.size(),
                Map.of("vnd.docker.reference.type", "attestation-manifest"),
                null,
                List.of(),
                null);
        Descriptor nested = tar.blob(
                MediaTypes.OCI_INDEX,
                new Index(MediaTypes.OCI_INDEX, List.of(attestation, missing, manifest)).toJson());
        tar.file("index.json", new Index(MediaTypes.OCI_INDEX, List.of(named(nested, "busybox"))).toJson());
        try (ImageArchive read = open(tar.bytes())) {
            assertThat(read.images()).hasSize(1);
            assertThat(read.images().getFirst().tags()).containsExactly(BUSYBOX);
        }
    }

    static Stream<HostileImage> hostile() {
        return HostileImages.all().stream().filter(archive -> !archive.says().contains("No space left"));
    }

    /** What is wrong only with a layer shows when it is unpacked. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void hostileArchiveOpensOrIsRefused(HostileImage archive) throws IOException {
        try (var in = archive.source().open();
                ImageArchive read = ImageArchive.open(in, spool, ArchiveLimits.DEFAULT, AMD64)) {
            assertThat(read.images()).as("%s", archive).isNotEmpty();
        } catch (ArchiveException | TarException | InvalidDocumentException e) {
            assertThat(archive.says()).as("%s", archive).isNotEmpty();
            assertThat(e).as("%s", archive).hasMessageContaining(archive.says());
        }
    }

    @Test
    void spoolAndImagesAreLimited() throws IOException {
        byte[] archive = written(
                List.of(new ImageArchiveWriter.Image(config(layer("a")), List.of(source(layer("a"))), List.of())));
        ArchiveLimits small =
                new ArchiveLimits(TarLimits.DEFAULT.withTotalBytes(5000), LayerCompression.Limits.DEFAULT, 10, 1 << 20);
        assertThatThrownBy(() -> ImageArchive.open(new ByteArrayInputStream(archive), spool, small, AMD64))
                .isInstanceOf(TarException.class);
        ArchiveLimits none = new ArchiveLimits(TarLimits.DEFAULT, LayerCompression.Limits.DEFAULT, 0, 1 << 20);
        assertThatThrownBy(() -> ImageArchive.open(new ByteArrayInputStream(archive), spool, none, AMD64))
                .hasMessage("archive has more than 0 images");
    }

    @Test
    void cutAndMutatedArchivesNeverFailInAnyOtherWay() throws IOException {
        byte[] base = layer("base");
        byte[] archive =
                written(List.of(new ImageArchiveWriter.Image(config(base), List.of(source(base)), List.of(BUSYBOX))));
        int refused = 0;
        for (int seed = 0; seed < 600; seed++) {
            Random random = new Random(seed);
            byte[] broken = seed % 3 == 0 ? Arrays.copyOf(archive, random.nextInt(archive.length)) : archive.clone();
            for (int i = 0; i < 3 && seed % 3 != 0; i++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try (ImageArchive read = open(broken)) {
                assertThat(read.images()).isNotNull();
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(100);
    }

    private ImageArchive open(byte[] archive) throws IOException {
        return ImageArchive.open(new ByteArrayInputStream(archive), spool, ArchiveLimits.DEFAULT, AMD64);
    }

    private static List<byte[]> contents(ImageArchive.Image image) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        for (ImageArchive.Layer layer : image.layers()) {
            try (var in = LayerCompression.decompress(layer.open())) {
                contents.add(in.readAllBytes());
            }
        }
        return contents;
    }

    private static byte[] layout(ImageConfig image, byte[] layer, String layerType, Map<String, String> annotations)
            throws IOException {
        Tar tar = new Tar();
        Descriptor manifest = tar.blob(
                MediaTypes.OCI_MANIFEST,
                ociManifest(tar, image, layer, layerType).toJson());
        Descriptor annotated = new Descriptor(
                manifest.mediaType(), manifest.digest(), manifest.size(), annotations, null, List.of(), null);
        return tar.file("index.json", new Index(MediaTypes.OCI_INDEX, List.of(annotated)).toJson())
                .bytes();
    }

    private static Manifest ociManifest(Tar tar, ImageConfig image, byte[] layer, String layerType) throws IOException {
        return new Manifest(
                MediaTypes.OCI_MANIFEST,
                tar.blob(MediaTypes.OCI_CONFIG, image.bytes()),
                List.of(tar.blob(layerType, layer)));
    }

    private static Descriptor named(Descriptor descriptor, String name) {
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                Map.of("io.containerd.image.name", name),
                null,
                List.of(),
                null);
    }

    private static String manifest(ImageConfig image, String... layers) {
        return "[{\"Config\":\"" + hex(image) + ".json\",\"RepoTags\":null,\"Layers\":[\""
                + String.join("\",\"", layers) + "\"]}]";
    }

    private static String hex(ImageConfig image) {
        return image.id().digest().hex();
    }

    private static ImageConfig config(byte[]... layers) {
        List<DiffId> diffIds = Arrays.stream(layers)
                .map(layer -> new DiffId(Digest.sha256(layer)))
                .toList();
        return ImageConfig.create(new ImageConfig.Content(
                Instant.EPOCH,
                null,
                "amd64",
                null,
                "linux",
                null,
                RunConfig.empty(),
                null,
                diffIds,
                List.of(),
                null,
                null,
                null,
                null));
    }

    private static ImageArchiveWriter.Layer source(byte[] layer) {
        return new ImageArchiveWriter.Layer(
                new DiffId(Digest.sha256(layer)), layer.length, () -> new ByteArrayInputStream(layer));
    }

    private static byte[] layer(String name) throws IOException {
        return new Tar().file(name, name.repeat(300)).bytes();
    }

    private static byte[] written(List<ImageArchiveWriter.Image> images) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageArchiveWriter.write(images, out);
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static List<String> names(byte[] archive) throws IOException {
        List<String> names = new ArrayList<>();
        var tar = new cairn.oci.tar.TarReader(new ByteArrayInputStream(archive), TarLimits.DEFAULT);
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            names.add(entry.name());
        }
        return names;
    }

    private static byte[] file(byte[] archive, String name) throws IOException {
        var tar = new cairn.oci.tar.TarReader(new ByteArrayInputStream(archive), TarLimits.DEFAULT);
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            if (entry.name().equals(name)) {
                return tar.readAll(1 << 20);
            }
        }
        throw new AssertionError("no " + name);
    }

    private static byte[] without(byte[] archive, String name) throws IOException {
        Tar copy = new Tar();
        var tar = new cairn.oci.tar.TarReader(new ByteArrayInputStream(archive), TarLimits.DEFAULT);
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            if (entry.type() == TarType.FILE && !entry.name().equals(name)) {
                copy.file(entry.name(), tar.readAll(1 << 20));
            }
        }
        return copy.bytes();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** An archive in the making. */
    private static final class Tar {
        private final List<TarEntry> entries = new ArrayList<>();
        private final List<byte[]> contents = new ArrayList<>();

        Tar add(TarEntry entry) {
            entries.add(entry);
            contents.add(new byte[0]);
            return this;
        }

        Tar file(String name, byte[] content) {
            entries.add(TarEntry.file(name, 0644, content.length, 0));
            contents.add(content);
            return this;
        }

        Tar file(String name, String content) {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        Descriptor blob(String mediaType, byte[] content) {
            Digest digest = Digest.sha256(content);
            file("blobs/sha256/" + digest.hex(), content);
            return new Descriptor(mediaType, digest, content.length);
        }

        Tar copy() {
            Tar copy = new Tar();
            copy.entries.addAll(entries);
            copy.contents.addAll(contents);
            return copy;
        }

        byte[] bytes() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (TarWriter writer = new TarWriter(out)) {
                for (int i = 0; i < entries.size(); i++) {
                    writer.write(entries.get(i), contents.get(i));
                }
            }
            return out.toByteArray();
        }
    }
}
