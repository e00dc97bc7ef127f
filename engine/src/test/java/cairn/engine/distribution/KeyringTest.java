package cairn.engine.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.oci.registry.Credentials;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KeyringTest {
    private static final Credentials OWN = new Credentials("own", "1", "", "");
    private static final Credentials OTHER = new Credentials("other", "2", "", "");

    @Test
    void eachRegistryGetsItsOwnCredentialsAndNoOthers() {
        Keyring keys = new Keyring("a.example:5000", OWN, Map.of("b.example", OTHER, "a.example:5000", OTHER));
        assertThat(keys.of("a.example:5000")).isEqualTo(OWN);
        assertThat(keys.of("b.example")).isEqualTo(OTHER);
        for (String stranger : new String[] {"a.example", "a.example:5001", "b.example:443", "c.example", ""}) {
            assertThat(keys.of(stranger)).as(stranger).isEqualTo(Credentials.ANONYMOUS);
        }
    }
}
