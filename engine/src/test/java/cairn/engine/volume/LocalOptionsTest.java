package cairn.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.wire.volume.StoredVolumeOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalOptionsTest {
    private static LocalOptions sized(String size) {
        return LocalOptions.parse("v", Map.of("size", size));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0g, 0",
        "1, 1",
        "100m, 104857600",
        "100 MiB, 104857600",
        "1.5g, 1610612736",
        "2kb, 2048",
        "1T, 1099511627776"
    })
    void sizesAreInPowersOf1024(String size, long bytes) {
        assertThat(sized(size).size()).isEqualTo(bytes);
        assertThat(sized(size).isLimited()).isEqualTo(bytes > 0);
        assertThat(sized(size).needsMount()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1.2.3", "1x", "1mm", "ten"})
    void whatIsNoSizeIsRefused(String size) {
        assertThatThrownBy(() -> sized(size))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem())
                                .isEqualTo(new Problem.InvalidVolume("v", "invalid size: '" + size + "'")));
    }

    /** dockerd has no other record of it that we could read. */
    @Test
    void aSizeIsReadBackFromDockersDocument() {
        StoredVolumeOptions stored = sized("1m").stored();
        assertThat(stored.quota()).isEqualTo(new StoredVolumeOptions.Quota(1 << 20));
        assertThat(LocalOptions.of(stored)).isEqualTo(sized("1m"));
        assertThat(LocalOptions.of(stored).asGiven()).isEqualTo(Map.of("size", "1048576"));
    }
}
