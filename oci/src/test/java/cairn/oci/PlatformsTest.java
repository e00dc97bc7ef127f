package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PlatformsTest {
    private static final Platform OWN = new Platform("linux", "amd64", null);

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64",
        "linux/x86_64, linux/amd64",
        "linux/aarch64, linux/arm64",
        "linux/arm64/v8, linux/arm64/v8",
        "linux/arm/7, linux/arm/v7",
        "arm64, linux/arm64",
        "windows, windows/amd64",
        "LINUX/AMD64, linux/amd64"
    })
    void whatPeopleTypeIsReadAsContainerdReadsIt(String text, String platform) {
        assertThat(Platforms.parse(text, OWN)).hasToString(platform);
    }

    @Test
    void whatIsNoPlatformIsSaidInDockersWords() {
        assertThatThrownBy(() -> Platforms.parse("nonsense", OWN))
                .hasMessage("\"nonsense\": unknown operating system or architecture: invalid argument");
        assertThatThrownBy(() -> Platforms.parse("a/b/c/d", OWN))
                .hasMessage("\"a/b/c/d\": cannot parse platform specifier: invalid argument");
        assertThatThrownBy(() -> Platforms.parse("linux/", OWN)).hasMessageContaining("invalid component");
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64, true",
        "linux/amd64, linux/386, true",
        "linux/386, linux/amd64, false",
        "linux/amd64, linux/amd64/v3, false",
        "linux/amd64/v3, linux/amd64/v2, true",
        "linux/arm64, linux/arm64/v8, true",
        "linux/arm64/v8, linux/arm64, true",
        "linux/arm64, linux/arm/v7, true",
        "linux/arm/v6, linux/arm/v7, false",
        "linux/arm/v7, linux/arm/v6, true",
        "linux/amd64, windows/amd64, false",
        "linux/s390x, linux/ppc64le, false"
    })
    void anOlderVariantRunsOnANewerOneAndNotTheOtherWayRound(String wanted, String offered, boolean runs) {
        assertThat(Platforms.matches(Platforms.parse(wanted, OWN), Platforms.parse(offered, OWN)))
                .isEqualTo(runs);
    }

    @Test
    void theBestOfAnIndexComesFirstAndAttestationsNever() {
        Descriptor v5 = entry("linux", "arm", "v5");
        Descriptor v7 = entry("linux", "arm", "v7");
        Descriptor v6 = entry("linux", "arm", "v6");
        Descriptor unknown = entry("unknown", "unknown", null);
        Descriptor silent = new Descriptor(MediaTypes.OCI_MANIFEST, Digest.sha256(new byte[] {9}), 1);
        assertThat(Platforms.choose(List.of(silent, v5, unknown, v7, v6), Platforms.parse("linux/arm/v6", OWN)))
                .containsExactly(v6, v5, silent);
    }

    private static Descriptor entry(String os, String architecture, @Nullable String variant) {
        Platform platform = new Platform(os, architecture, variant);
        return new Descriptor(
                MediaTypes.OCI_MANIFEST,
                Digest.sha256(platform.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                1,
                java.util.Map.of(),
                platform,
                List.of(),
                null);
    }
}
