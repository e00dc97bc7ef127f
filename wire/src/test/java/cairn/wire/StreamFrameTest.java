package cairn.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class StreamFrameTest {
    @Test
    void aFrameHasAnEightByteHeader() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamFrame.framing(out, StreamFrame.Kind.STDERR).write("oh".getBytes(UTF_8));
        assertThat(out.toByteArray()).containsExactly(2, 0, 0, 0, 0, 0, 0, 2, 'o', 'h');
    }

    @Test
    void longWritesComeBackWhole() throws IOException {
        byte[] data = new byte[100_000];
        data[99_999] = 7;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StreamFrame.write(out, StreamFrame.Kind.STDOUT, data, 0, data.length);
        ByteArrayInputStream in = new ByteArrayInputStream(out.toByteArray());
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        for (StreamFrame frame = StreamFrame.read(in); frame != null; frame = StreamFrame.read(in)) {
            assertThat(frame.kind()).isEqualTo(StreamFrame.Kind.STDOUT);
            back.writeBytes(frame.payload());
        }
        assertThat(back.toByteArray()).isEqualTo(data);
    }

    @Test
    void brokenStreamsAreNotTakenForTheirEnd() {
        assertThatThrownBy(() -> read(1, 0, 0)).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read(1, 0, 0, 0, 0, 0, 0, 3, 'a')).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> read(9, 0, 0, 0, 0, 0, 0, 0)).hasMessageContaining("unknown kind 9");
        assertThatThrownBy(() -> read(1, 0, 0, 0, 0xff, 0, 0, 0)).hasMessageContaining("too long");
    }

    private static void read(int... bytes) throws IOException {
        byte[] data = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            data[i] = (byte) bytes[i];
        }
        StreamFrame.read(new ByteArrayInputStream(data));
    }

    @Test
    void versionsCompareByNumber() {
        assertThat(ApiVersion.parse("1.9")).isLessThan(ApiVersion.OLDEST);
        assertThat(ApiVersion.parse("1.51")).isEqualTo(ApiVersion.NEWEST).hasToString("1.51");
        assertThat(ApiVersion.parse("2.0").atLeast(1, 51)).isTrue();
        assertThat(ApiVersion.parse("1.44").below(1, 45)).isTrue();
        assertThatThrownBy(() -> ApiVersion.parse("1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ApiVersion.parse("1.2.3")).isInstanceOf(IllegalArgumentException.class);
    }
}
