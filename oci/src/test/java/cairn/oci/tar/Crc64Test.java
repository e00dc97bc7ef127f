package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc64Test {

    @Test
    void hasTheCheckValueOfGoIso() {
        Crc64 crc = new Crc64();
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        crc.update(digits, 0, digits.length);
        assertThat(crc.getValue()).isEqualTo(0xb90956c775a41001L);
    }

    @Test
    void agreesWithBitwiseDivisionForEveryLengthAndCut() {
        Random random = new Random(1);
        for (int length = 0; length < 400; length++) {
            byte[] bytes = new byte[length + 7];
            random.nextBytes(bytes);
            int offset = random.nextInt(7);
            int cut = random.nextInt(length + 1);
            Crc64 crc = new Crc64();
            crc.update(bytes, offset, cut);
            crc.update(bytes, offset + cut, length - cut);
            assertThat(crc.getValue()).as("length %d cut %d", length, cut).isEqualTo(bitwise(bytes, offset, length));
        }
    }

    @Test
    void startsAgainAfterReset() {
        Crc64 crc = new Crc64();
        crc.update(new byte[100], 0, 100);
        crc.reset();
        assertThat(crc.getValue()).isZero();
    }

    private static long bitwise(byte[] bytes, int offset, int length) {
        long crc = -1;
        for (int i = offset; i < offset + length; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0xd800000000000000L;
            }
        }
        return ~crc;
    }
}
