package cairn.engine.layer;

import cairn.hostile.HostileLayer;
import cairn.hostile.Volumes;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that are too much, on a volume of 64 MiB and with the daemon's heap (see this module's pom.xml). */
@Timeout(120)
class VoluminousLayersTest {
    private static HostileStore store;

    @BeforeAll
    static void open() throws IOException {
        store = new HostileStore(64);
    }

    @AfterAll
    static void close() throws IOException {
        System.out.println("FIGURE voluminous layer archives = " + store.figure());
        store.close();
    }

    static Stream<HostileLayer> memoryAndDiskSuffice() {
        return Volumes.all(System.getenv("CAIRN_LONG") != null).stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void memoryAndDiskSuffice(HostileLayer layer) throws Exception {
        store.check(layer);
    }
}
