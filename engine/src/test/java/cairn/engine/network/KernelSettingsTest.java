package cairn.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class KernelSettingsTest {
    private static final String HOPS = "ipv4/ip_default_ttl";

    private static String hops() {
        try {
            return KernelSettings.read(KernelSettings.SYSTEM.resolve(HOPS));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void settingsAreRaisedAndNeverLowered() throws Exception {
        assertThat(OwnNetwork.call(() -> {
                    String before = hops();
                    KernelSettings.raise(HOPS, 7);
                    String low = hops();
                    KernelSettings.raise(HOPS, 100);
                    return before + " " + low + " " + hops();
                }))
                .isEqualTo("64 64 100");
    }
}
