package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.hostile.HostileLayer;
import cairn.hostile.HostileLayer.Verdict;
import cairn.hostile.HostileLayers;
import cairn.hostile.Truncations;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.TarException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that try to get out or to break something: each is refused with nothing left behind, or stays inside its layer. */
@Timeout(60)
class HostileLayersTest {
    private static ScratchVolume volume;
    private static StoreFixture store;
    private static Canary canary;
    private static String untouched;
    private static int refused;
    private static int confined;

    @BeforeAll
    static void open() throws IOException {
        volume = new ScratchVolume(256);
        store = new StoreFixture(volume.path());
        canary = new Canary(store.temporary());
        untouched = canary.picture();
    }

    @AfterAll
    static void close() throws IOException {
        System.out.println("FIGURE hostile layer archives = " + refused + " refused, " + confined + " confined");
        store.close();
        volume.close();
    }

    /** The canary's path is not known yet when this is asked for. */
    static Stream<HostileLayer> hostile() throws IOException {
        if (store == null) {
            open();
        }
        return HostileLayers.all(canary.path().toString()).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void hostile(HostileLayer layer) throws Exception {
        if (layer.verdict() == Verdict.REFUSED) {
            refused++;
            isRefused(layer);
        } else {
            confined++;
            isConfined(layer);
        }
        assertThat(canary.picture()).isEqualTo(untouched);
        store.assertEmpty();
    }

    private static void isRefused(HostileLayer layer) {
        assertThat(catchThrowable(() -> release(unpack(layer.source().open(), null))))
                .as("%s", layer)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem()).isInstanceOfSatisfying(Problem.BadArchive.class, problem -> {
                            if (layer.entry() != null) {
                                assertThat(problem.entry() + ": " + problem.why())
                                        .as("%s", layer)
                                        .contains(beginning(layer.entry()));
                            }
                        }));
    }

    /** Messages cut long names, and those with control characters stand in them escaped. */
    private static String beginning(String name) {
        return name.substring(0, Math.min(100, name.length()));
    }

    private static void isConfined(HostileLayer archive) throws Exception {
        Layer layer;
        try {
            layer = unpack(archive.source().open(), null);
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(archive + ": " + e.getMessage(), e);
        }
        try (LayerFacts facts = new LayerFacts(layer)) {
            facts.check(archive.holds());
            if (archive.whole()) {
                MessageDigest digest = Digest.newSha256();
                long length = store.layers()
                        .tar(layer.chainId(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
                assertThat(new DiffId(Digest.sha256(digest)))
                        .as("digest of the archive made again")
                        .isEqualTo(layer.diffId());
                assertThat(store.layers().tarLength(layer.chainId())).isEqualTo(length);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(archive + ": " + e.getMessage(), e);
        } finally {
            release(layer);
        }
    }

    private static void release(Layer layer) throws InterruptedException {
        store.layers().release(layer.chainId());
        store.root().trash().drain();
    }

    private static Layer unpack(InputStream archive, DiffId expected) throws IOException {
        try (InputStream in = plain(archive)) {
            return store.layers().unpack(null, in, expected);
        }
    }

    /** What the first bytes tell is said by whoever opens the stream. */
    private static InputStream plain(InputStream archive) throws IOException {
        try {
            return Compression.decompress(archive);
        } catch (TarException e) {
            throw new Problem.BadArchive(null, e.getMessage()).exception(e);
        }
    }

    @Test
    void archiveCutAnywhereLeavesNothing() throws Exception {
        // Cut between two entries an archive looks whole: only its digest tells.
        DiffId whole = new DiffId(Digest.sha256(Truncations.whole()));
        for (List<byte[]> cuts : List.of(Truncations.plain(), Truncations.gzipped())) {
            for (byte[] cut : cuts) {
                refused++;
                assertThatThrownBy(() -> unpack(new ByteArrayInputStream(cut), whole))
                        .as("cut at %d", cut.length)
                        .isInstanceOf(EngineException.class);
            }
        }
        store.assertEmpty();
        release(unpack(new ByteArrayInputStream(Truncations.whole()), whole));
    }
}
