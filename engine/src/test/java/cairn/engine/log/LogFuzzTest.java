package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.plan.LogFormat;
import cairn.hostile.Fuzzing;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logs with anything in them: they are read to their end, from either side, and what is whole behind the damage is found. */
class LogFuzzTest {
    private static List<byte[]> seeds(LogFormat format) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        parts.writeBytes(Records.part(Records.BEGIN, "x".repeat(300), 1, false));
        parts.writeBytes(Records.part(Records.BEGIN, "", 2, true));
        return List.of(
                Records.records(format, 0, 5),
                Records.record(format, 1, ""),
                Records.record(format, 2, "{\\\"log\\\":\\\"a\\\\n"),
                format == LogFormat.LOCAL
                        ? parts.toByteArray()
                        : "{\"time\":\"2026-01-02T05:04:05.25+02:00\",\"attrs\":{\"a\":\"b\"},\"log\":\"\\ud83d\\ude00\",\"x\":[{}]}\n"
                                .getBytes(StandardCharsets.UTF_8),
                new byte[100]);
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void anyBytesAreReadFromEitherEnd(LogFormat format) {
        new Fuzzing(
                        "log " + format,
                        seeds(format),
                        "\0\0\0\u0015",
                        "\0\0\0",
                        "\n\u0006stdout",
                        "{\"log\":\"",
                        "\\u00",
                        "\"stream\":",
                        "\n",
                        "\u001a",
                        "*")
                .run(input -> {
                    read(format, input);
                    last(format, input, 3);
                    ByteArrayOutputStream more = new ByteArrayOutputStream();
                    more.writeBytes(input);
                    // Whatever the damage has begun ends with this one.
                    more.writeBytes(Records.record(format, 1, "y".repeat(2000)));
                    more.writeBytes(Records.records(format, 0, 4));
                    List<String> good = read(format, Records.records(format, 0, 4));
                    assertThat(good).hasSize(4);
                    List<String> all = read(format, more.toByteArray());
                    assertThat(all.subList(all.size() - 4, all.size())).isEqualTo(good);
                    assertThat(read(format, last(format, more.toByteArray(), 4)))
                            .isEqualTo(good);
                });
    }

    /** All records from the first byte on. */
    private static List<String> read(LogFormat format, byte[] input) {
        byte[] bytes = input.clone();
        RecordReader reader = RecordReader.of(format);
        List<String> found = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            int next = reader.next(bytes, from, bytes.length, true);
            assertThat(next).isBetween(from + 1, bytes.length);
            LogRecord record = reader.record();
            if (record != null) {
                assertThat(record.stamp()).hasSize(LogRecord.STAMP);
                found.add(record.stream() + record.time() + new String(record.text(), StandardCharsets.UTF_8));
            }
            from = next;
        }
        return found;
    }

    /** From the last so many records on. */
    private static byte[] last(LogFormat format, byte[] input, int count) {
        byte[] bytes = input.clone();
        RecordReader reader = RecordReader.of(format);
        int to = bytes.length;
        for (int i = 0; i < count; i++) {
            int before = reader.previous(bytes, 0, to, true);
            if (before == RecordReader.CUT) {
                break;
            }
            assertThat(before).isBetween(0, to - 1);
            to = before;
        }
        return Arrays.copyOfRange(input, to, input.length);
    }
}
