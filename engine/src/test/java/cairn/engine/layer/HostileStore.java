package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.hostile.HostileLayer;
import cairn.hostile.HostileLayer.Verdict;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import cairn.oci.tar.TarException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** A store on a small volume with a canary beside it; feeds it hostile layers and looks at what came of them. */
final class HostileStore implements AutoCloseable {
    private final ScratchVolume volume;
    private final StoreFixture store;
    private final Canary canary;
    private final String untouched;
    private int refused;
    private int confined;

    HostileStore(int mebibytes) throws IOException {
        volume = new ScratchVolume(mebibytes);
        store = new StoreFixture(volume.path());
        canary = new Canary(store.temporary());
        untouched = canary.picture();
    }

    Canary canary() {
        return canary;
    }

    StoreFixture store() {
        return store;
    }

    void check(HostileLayer layer) throws Exception {
        long used = volume.used();
        if (layer.verdict() == Verdict.REFUSED) {
            isRefused(layer);
        } else {
            isConfined(layer);
        }
        store.root().trash().drain();
        assertThat(canary.picture()).as("%s: canary", layer).isEqualTo(untouched);
        store.assertEmpty();
        assertThat(volume.used()).as("%s: bytes in use", layer).isLessThan(used + (1 << 20));
    }

    private void isRefused(HostileLayer layer) {
        refused++;
        assertThat(catchThrowable(() -> release(unpack(layer.source().open(), null))))
                .as("%s", layer)
                .isInstanceOfSatisfying(EngineException.class, e -> {
                    String text = switch (e.problem()) {
                        case Problem.BadArchive bad -> bad.entry() + ": " + bad.why();
                        case Problem.DiskFull full -> full.what();
                        default -> throw new AssertionError(layer + ": " + e.problem(), e);
                    };
                    if (layer.entry() != null) {
                        assertThat(text).as("%s", layer).contains(beginning(layer.entry()));
                    }
                });
    }

    /** Messages cut long names. */
    private static String beginning(String name) {
        return name.substring(0, Math.min(100, name.length()));
    }

    private void isConfined(HostileLayer archive) throws Exception {
        confined++;
        Layer layer;
        try {
            layer = unpack(archive.source().open(), null);
        } catch (IOException | RuntimeException e) {
            throw new AssertionError(archive + ": " + e.getMessage(), e);
        }
        try (LayerFacts facts = new LayerFacts(layer)) {
            facts.check(archive.holds());
            if (archive.whole()) {
                givesItsBytesAgain(layer);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            throw new AssertionError(archive + ": " + e.getMessage(), e);
        } finally {
            release(layer);
        }
    }

    private void givesItsBytesAgain(Layer layer) throws IOException {
        MessageDigest digest = Digest.newSha256();
        long length =
                store.layers().tar(layer.chainId(), new DigestOutputStream(OutputStream.nullOutputStream(), digest));
        assertThat(new DiffId(Digest.sha256(digest)))
                .as("digest of the archive made again")
                .isEqualTo(layer.diffId());
        assertThat(store.layers().tarLength(layer.chainId())).isEqualTo(length);
    }

    void release(Layer layer) throws InterruptedException {
        store.layers().release(layer.chainId());
        store.root().trash().drain();
    }

    Layer unpack(InputStream archive, DiffId expected) throws IOException {
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

    String figure() {
        return refused + " refused, " + confined + " confined";
    }

    @Override
    public void close() throws IOException {
        store.close();
        volume.close();
    }
}
