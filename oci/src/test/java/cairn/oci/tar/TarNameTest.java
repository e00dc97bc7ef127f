package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TarNameTest {

    @Property
    void anyBytesSurviveTheWayToTextAndBack(@ForAll byte[] bytes) {
        assertThat(TarName.encode(TarName.decode(bytes, 0, bytes.length))).isEqualTo(bytes);
    }

    @Property
    void utf8IsDecodedAsItIs(@ForAll String text) {
        org.assertj.core.api.Assumptions.assumeThat(TarName.isEscaped(text)).isFalse();
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(TarName.decode(bytes, 0, bytes.length)).isEqualTo(text);
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
