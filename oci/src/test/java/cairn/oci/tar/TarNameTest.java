package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TarNameTest {

    @Test
    void anyBytesSurviveTheWayToTextAndBack() {
        for (long seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(TarName.encode(TarName.decode(bytes, 0, bytes.length)))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void utf8IsDecodedAsItIs() {
        for (long seed = 0; seed < 1000; seed++) {
            Random random = new Random(seed);
            String text = random.ints(0, seed % 2 == 0 ? 0x250 : 0x11_0000)
                    .filter(c -> c < 0xd800 || c > 0xdfff)
                    .limit(random.nextInt(40))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            assertThat(TarName.decode(bytes, 0, bytes.length))
                    .as("seed %d", seed)
                    .isEqualTo(text);
        }
    }

    @Test
    void surrogatesThatDecodingDoesNotMakeAreRefused() {
        assertThatThrownBy(() -> TarName.encode("a\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TarName.encode("a\udc41")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quotingShowsWhatCannotBePrinted() {
        byte[] name = {'a', '\n', (byte) 0xe9, '"', 0x1b};
        assertThat(TarName.quote(TarName.decode(name, 0, name.length))).isEqualTo("\"a\\x0a\\xe9\\\"\\x1b\"");
    }
}
