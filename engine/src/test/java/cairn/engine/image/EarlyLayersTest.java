package cairn.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.layer.StoreFixture;
import cairn.engine.layer.Tar;
import cairn.oci.Digest;
import cairn.oci.Reference;
import cairn.oci.tar.TarEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers of a MiB and more that stand in front of the document that names them. */
class EarlyLayersTest {
    private static final byte[] BIG = layer("big");
    private static final byte[] OTHER = layer("other");
    private static final byte[] SMALL = new Tar().file("small", "1").bytes();

    private StoreFixture store;
    private Images images;
    private final List<String> documents = new ArrayList<>();
    private final Tar archive = new Tar();

    @BeforeEach
    void open() throws IOException {
        store = new StoreFixture();
        images = new Images(store.root(), store.layers(), (action, id, name, labels) -> {}, ImagesTest.CLOCK, "test");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void theyComeOutAsTheyAre() throws IOException {
        file("0.tar", BIG);
        file("1.tar", SMALL);
        file("2.tar", gzip(OTHER));
        image("three", List.of(BIG, SMALL, OTHER), "0.tar", "1.tar", "2.tar");
        load();
        assertThat(tars("three")).containsExactly(BIG, SMALL, OTHER);
        removeAll("three");
    }

    @Test
    void oneServesSeveralImagesOnDifferentLayers() throws IOException {
        file("0.tar", BIG);
        file("1.tar", OTHER);
        image("a", List.of(BIG), "0.tar");
        image("b", List.of(OTHER, BIG), "1.tar", "0.tar");
        image("c", List.of(OTHER, BIG, OTHER, BIG), "1.tar", "0.tar", "1.tar", "0.tar");
        load();
        assertThat(tars("a")).containsExactly(BIG);
        assertThat(tars("b")).containsExactly(OTHER, BIG);
        assertThat(tars("c")).containsExactly(OTHER, BIG, OTHER, BIG);
        load();
        removeAll("a", "b", "c");
    }

    @Test
    void whatNoImageNamesIsNoLayerAndMayBeBroken() throws IOException {
        file("unused.tar", OTHER);
        file("broken.tar", Arrays.copyOf(BIG, BIG.length - 700_000));
        file("broken.gz", Arrays.copyOf(gzip(BIG), 1_100_000));
        file("0.tar", BIG);
        image("one", List.of(BIG), "0.tar");
        load();
        assertThat(tars("one")).containsExactly(BIG);
        removeAll("one");
    }

    @Test
    void aBrokenOneIsRefusedAndNothingStays() throws IOException {
        file("0.tar", SMALL);
        file("1.tar", Arrays.copyOf(BIG, BIG.length - 700_000));
        image("two", List.of(SMALL, BIG), "0.tar", "1.tar");
        assertThatThrownBy(this::load)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("archive ends within its content");
        store.assertEmpty();
    }

    @Test
    void oneWithAnotherDigestIsRefusedAndNothingStays() throws IOException {
        file("0.tar", OTHER);
        image("one", List.of(BIG), "0.tar");
        assertThatThrownBy(this::load)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("layer has digest " + Digest.sha256(OTHER) + ", expected " + Digest.sha256(BIG));
        store.assertEmpty();
    }

    @Test
    void oneThatIsNamedAsADocumentIsRefused() throws IOException {
        file("0.tar", BIG);
        documents.add("{\"Config\":\"0.tar\",\"RepoTags\":null,\"Layers\":[]}");
        assertThatThrownBy(this::load).isInstanceOf(EngineException.class).hasMessageContaining("not a document");
        store.assertEmpty();
    }

    @Test
    void aCutArchiveLeavesNothing() throws IOException {
        file("0.tar", BIG);
        file("1.tar", gzip(OTHER));
        image("two", List.of(BIG, OTHER), "0.tar", "1.tar");
        byte[] whole = whole();
        for (int length :
                new int[] {600_000, 1_300_000, BIG.length + 2000, BIG.length + 900_000, whole.length - 3000}) {
            assertThatThrownBy(() -> load(Arrays.copyOf(whole, length)))
                    .as("cut at %d", length)
                    .isInstanceOf(EngineException.class);
            store.assertEmpty();
        }
    }

    @Test
    void nothingIsSpooledOfThem() throws IOException {
        file("0.tar", BIG);
        image("one", List.of(BIG), "0.tar");
        long[] most = {0};
        byte[] whole = whole();
        images.load(
                new ByteArrayInputStream(whole) {
                    @Override
                    public synchronized int read(byte[] bytes, int offset, int length) {
                        most[0] = Math.max(most[0], spooled());
                        return super.read(bytes, offset, length);
                    }
                },
                null,
                (diffId, current, total) -> {});
        assertThat(most[0]).isLessThan(100_000);
        removeAll("one");
    }

    private long spooled() {
        try (Stream<Path> files = Files.walk(store.root().tmp())) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void file(String name, byte[] content) {
        archive.write(TarEntry.file(name, 0644, content.length, 0), content);
    }

    private void image(String name, List<byte[]> layers, String... files) {
        String diffIds =
                layers.stream().map(layer -> quoted(Digest.sha256(layer))).collect(Collectors.joining(","));
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"" + name
                        + "\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + diffIds + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        file(name + ".json", config);
        documents.add("{\"Config\":" + quoted(name + ".json") + ",\"RepoTags\":[" + quoted(name + ":latest")
                + "],\"Layers\":["
                + Stream.of(files).map(EarlyLayersTest::quoted).collect(Collectors.joining(",")) + "]}");
    }

    private static String quoted(Object text) {
        return "\"" + text + "\"";
    }

    private byte[] whole() {
        byte[] manifest = ("[" + String.join(",", documents) + "]").getBytes(StandardCharsets.UTF_8);
        file("manifest.json", manifest);
        return archive.bytes();
    }

    private byte[] loadable;

    private void load() throws IOException {
        if (loadable == null) {
            loadable = whole();
        }
        load(loadable);
    }

    private void load(byte[] bytes) throws IOException {
        images.load(new ByteArrayInputStream(bytes), null, (diffId, current, total) -> {});
    }

    private List<byte[]> tars(String name) throws IOException {
        List<byte[]> tars = new ArrayList<>();
        for (var layer : store.layers().chain(images.get(name).chainId()).reversed()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            store.layers().tar(layer.chainId(), out);
            tars.add(out.toByteArray());
        }
        return tars;
    }

    private void removeAll(String... names) throws IOException {
        for (String name : names) {
            images.remove(Reference.parseNormalized(name).familiar(), false, false, ImagesTest.NOBODY);
        }
        store.assertEmpty();
    }

    private static byte[] layer(String name) {
        Tar tar = new Tar();
        Random random = new Random(name.length());
        String text = IntStream.range(0, 400_000)
                .mapToObj(i -> String.valueOf((char) ('!' + random.nextInt(90))))
                .collect(Collectors.joining());
        for (int i = 0; i < 4; i++) {
            tar.file(name + i, i + text);
        }
        return tar.bytes();
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }
}
