package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLineTest {
    private static final LogLine LINE = new LogLine();

    private static LogRecord parse(String line) {
        byte[] bytes = ("##" + line + "##").getBytes(StandardCharsets.UTF_8);
        assertThat(LINE.parse(bytes, 2, bytes.length - 2)).as(line).isTrue();
        return LINE.record();
    }

    private static String text(String line) {
        return new String(parse(line).text(), StandardCharsets.UTF_8);
    }

    private static String quoted(String log) {
        return "{\"log\":\"" + log + "\",\"stream\":\"stderr\",\"time\":\"2026-01-02T03:04:05.1Z\"}";
    }

    @Test
    void textsAreDecoded() {
        assertThat(text(quoted("plain\\n"))).isEqualTo("plain\n");
        assertThat(text(quoted("part"))).isEqualTo("part");
        assertThat(text(quoted(""))).isEmpty();
        assertThat(text(quoted("\\n"))).isEqualTo("\n");
        assertThat(text(quoted("a\\\\n\\n"))).isEqualTo("a\\n\n");
        assertThat(text(quoted("q\\\"\\t\\u003c\\u0000é\\ud83d\\ude00\\n"))).isEqualTo("q\"\t<\0é😀\n");
        assertThat(text(quoted("\\\",\\\"stream\\\":\\\"stdout\\\",\\\"time\\\":\\\"x\\n")))
                .isEqualTo("\",\"stream\":\"stdout\",\"time\":\"x\n");
    }

    @Test
    void timesHaveNineDigits() {
        LogRecord record = parse(quoted("x"));
        assertThat(record.time()).isEqualTo("2026-01-02T03:04:05.100000000Z");
        assertThat(record.stream()).isEqualTo(2);
        assertThat(parse("{\"log\":\"x\",\"stream\":\"stdout\",\"time\":\"2026-01-02T03:04:05Z\"}")
                        .time())
                .isEqualTo("2026-01-02T03:04:05.000000000Z");
        assertThat(parse("{\"log\":\"x\",\"stream\":\"stdout\",\"time\":\"2026-01-02T05:04:05.25+02:00\"}")
                        .time())
                .isEqualTo("2026-01-02T03:04:05.250000000Z");
    }

    @Test
    void keysMayStandInAnyOrder() {
        LogRecord record = parse(
                "{\"time\":\"2026-01-02T03:04:05Z\",\"more\":{\"a\":[1,\"]\"]},\"attrs\":{\"k\":\"v\\\"\"},\"stream\":\"stderr\",\"log\":\"x\\n\"}");
        assertThat(record.attributes()).isEqualTo(Map.of("k", "v\""));
        assertThat(record.stream()).isEqualTo(2);
        assertThat(new String(record.text(), StandardCharsets.UTF_8)).isEqualTo("x\n");
        assertThat(parse(quoted("y")).attributes()).isEmpty();
    }

    @Test
    void whatIsNoWholeRecordIsNone() {
        String whole = quoted("text\\n");
        for (int end = 0; end < whole.length(); end++) {
            byte[] bytes = whole.substring(0, end).getBytes(StandardCharsets.UTF_8);
            assertThat(LINE.parse(bytes, 0, bytes.length)).isFalse();
        }
    }
}
