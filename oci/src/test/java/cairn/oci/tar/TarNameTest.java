package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TarNameTest {

    @Property(tries = 300)
    void anyBytesSurviveTheWayToTextAndBack(@ForAll byte[] bytes) {
        assertThat(TarName.encode(TarName.decode(bytes, 0, bytes.length))).isEqualTo(bytes);
    }

    @Property(tries = 300)
    void utf8IsDecodedAsItIs(@ForAll String text) {
        Assume.that(!TarName.isEscaped(text));
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
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
