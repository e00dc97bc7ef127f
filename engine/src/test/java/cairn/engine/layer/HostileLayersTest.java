package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.hostile.HostileLayer;
import cairn.hostile.HostileLayers;
import cairn.hostile.Truncations;
import cairn.oci.DiffId;
import cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that try to get out or to break something: each is refused with nothing left behind, or stays inside its layer. */
@Timeout(60)
class HostileLayersTest {
    private static HostileStore hostile;

    /** Made when it is first needed: the table of cases has the canary's path in it. */
    private static HostileStore store() throws IOException {
        if (hostile == null) {
            hostile = new HostileStore(256);
        }
        return hostile;
    }

    @AfterAll
    static void close() throws IOException {
        System.out.println("FIGURE hostile layer archives = " + store().figure());
        store().close();
    }

    static Stream<HostileLayer> layerIsRefusedOrConfined() throws IOException {
        return HostileLayers.all(store().canary().path().toString()).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void layerIsRefusedOrConfined(HostileLayer layer) throws Exception {
        store().check(layer);
    }

    @Test
    void archiveCutAnywhereLeavesNothing() throws Exception {
        // Cut between two entries an archive looks whole: only its digest tells.
        DiffId whole = new DiffId(Digest.sha256(Truncations.whole()));
        int cuts = 0;
        for (List<byte[]> form : List.of(Truncations.plain(), Truncations.gzipped())) {
            for (byte[] cut : form) {
                cuts++;
                assertThatThrownBy(() -> store().unpack(new ByteArrayInputStream(cut), whole))
                        .as("cut at %d", cut.length)
                        .isInstanceOf(EngineException.class);
            }
        }
        System.out.println("FIGURE hostile layer archives cut off = " + cuts + " refused");
        store().store().assertEmpty();
        store().release(store().unpack(new ByteArrayInputStream(Truncations.whole()), whole));
    }

    @Test
    void aFlippedByteAnywhereIsFound() throws Exception {
        byte[] whole = Truncations.whole();
        DiffId expected = new DiffId(Digest.sha256(whole));
        int positions = 1000;
        for (int i = 0; i < positions; i++) {
            byte[] flipped = whole.clone();
            int at = (int) ((long) whole.length * i / positions);
            flipped[at] ^= (byte) (1 << i % 8);
            assertThatThrownBy(() -> store().unpack(new ByteArrayInputStream(flipped), expected))
                    .as("flipped at %d", at)
                    .isInstanceOf(EngineException.class);
        }
        System.out.println("FIGURE layers with a flipped byte = " + positions + " refused");
        store().store().assertEmpty();
    }
}
