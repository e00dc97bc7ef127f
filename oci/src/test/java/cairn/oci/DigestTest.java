package cairn.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void sha256OfKnownBytes() {
        Digest digest = Digest.sha256("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(digest).hasToString("sha256:" + ABC).isEqualTo(Digest.parse("sha256:" + ABC));
        assertThat(digest.shortHex()).isEqualTo("ba7816bf8f01");
    }

    @Test
    void contentIsVerifiedByItsOwnAlgorithm() {
        Digest sha512 = Digest.parse("sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
        MessageDigest computation = sha512.newComputation();
        computation.update("abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(sha512.matches(computation)).isTrue();
        computation.update("abd".getBytes(StandardCharsets.US_ASCII));
        assertThat(sha512.matches(computation)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'',invalid checksum digest format",
        "sha256,invalid checksum digest format",
        "sha256:,invalid checksum digest format",
        ":" + ABC + ",invalid checksum digest format",
        "sha256:abc,invalid checksum digest length",
        "sha256:" + ABC + "0,invalid checksum digest length",
        "sha256:BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad,invalid checksum digest format",
        "sha256:../6bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adxx,invalid checksum digest format",
        "sha512:" + ABC + ",invalid checksum digest length",
        "md5:900150983cd24fb0d6963f7d28e17f72,unsupported digest algorithm"
    })
    void whatIsNoDigestIsRefused(String text, String message) {
        assertThatThrownBy(() -> Digest.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /** Expected value made with sha256sum over the two digests with a space between. */
    @Test
    void chainIsTheDigestOfTheChainBelowAndTheLayer() {
        DiffId a = DiffId.parse("sha256:" + ABC);
        DiffId b = DiffId.parse("sha256:" + "0123456789abcdef".repeat(4));
        assertThat(ChainId.of(List.of(a))).hasToString("sha256:" + ABC);
        assertThat(ChainId.of(List.of(a, b)))
                .hasToString("sha256:c8d718aeb9efc635da26ab3a31debac2c076915e679cce6496c0c8fab45f75d5")
                .isEqualTo(ChainId.of(List.of(a)).next(b));
        assertThatThrownBy(() -> ChainId.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
