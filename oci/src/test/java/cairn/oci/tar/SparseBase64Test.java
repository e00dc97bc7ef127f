package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseBase64Test {
    /** Runs of zeros and of other bytes, of any length and at any place, against the JDK's. */
    @Test
    void isBase64() {
        Random random = new Random(64);
        for (int round = 0; round < 4_000; round++) {
            byte[] in = new byte[random.nextInt(random.nextInt(10) == 0 ? 20_000 : 200)];
            for (int at = 0; at < in.length; ) {
                int end = Math.min(in.length, at + random.nextInt(1, random.nextBoolean() ? 5 : 60));
                if (random.nextBoolean()) {
                    byte[] other = new byte[end - at];
                    random.nextBytes(other);
                    System.arraycopy(other, 0, in, at, other.length);
                }
                at = end;
            }
            byte[] expected = Base64.getEncoder().encode(in);
            byte[] encoded = new byte[SparseBase64.length(in.length) + 2];
            SparseBase64.encode(in, encoded, 1);
            assertThat(Arrays.copyOfRange(encoded, 1, encoded.length - 1)).isEqualTo(expected);
            assertThat(SparseBase64.decode(encoded, 1, encoded.length - 1)).isEqualTo(in);
            assertThat(SparseBase64.decodedLength(encoded, 1, encoded.length - 1))
                    .isEqualTo(in.length);
            encoded[encoded.length - 1] = '"';
            assertThat(SparseBase64.find(encoded, 1, encoded.length, '"')).isEqualTo(encoded.length - 1);
            assertThat(SparseBase64.find(encoded, 1, encoded.length, '\n')).isEqualTo(encoded.length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "A",
                "AAAAA",
                "AA=A",
                "====",
                "AAA\n",
                "AAAAAAAAAAAA-AAA",
                "AAAAAAAAAA\u0000A",
                "ABCD=AAA",
                "A==="
            })
    void whatIsNoneIsRefused(String text) {
        byte[] in = text.getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> SparseBase64.decode(in, 0, in.length)).isInstanceOf(IllegalArgumentException.class);
    }
}
