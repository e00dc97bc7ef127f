package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogEntryTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000000067Z");

    /** What it finds, stream first; "?" for what it passes over. */
    private static List<String> read(byte[] bytes, boolean whole) {
        LogEntry reader = new LogEntry();
        List<String> found = new ArrayList<>();
        int from = 0;
        while (from < bytes.length) {
            int next = reader.next(bytes, from, bytes.length, whole);
            if (next == RecordReader.CUT) {
                found.add("cut");
                break;
            }
            from = next;
            LogRecord record = reader.record();
            found.add(record == null ? "?" : record.stream() + new String(record.text(), StandardCharsets.UTF_8));
        }
        return found;
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] line(String source, String text) {
        return Records.framed(Records.entry(source, TIME, text).toByteArray());
    }

    @Test
    void theBytesOfDockersDescription() {
        byte[] bytes = {
            0, 0, 0, 15, 0x0a, 6, 's', 't', 'd', 'o', 'u', 't', 0x10, (byte) 0x85, 0x02, 0x1a, 2, 'h', 'i', 0, 0, 0, 15
        };
        LogEntry reader = new LogEntry();
        assertThat(reader.next(bytes, 0, bytes.length, false)).isEqualTo(bytes.length);
        LogRecord record = reader.record();
        assertThat(record).isNotNull();
        assertThat(record.time()).isEqualTo("1970-01-01T00:00:00.000000261Z");
        assertThat(new String(record.text(), StandardCharsets.UTF_8)).isEqualTo("hi\n");
        assertThat(record.stream()).isEqualTo(1);
        assertThat(record.attributes()).isEmpty();
    }

    @Test
    void linesHaveTheirNewlineBackButNotThePartsOfALongOne() {
        byte[] bytes = joined(
                line("stdout", "whole"),
                line("stderr", ""),
                Records.part(TIME, "first", 1, false),
                Records.part(TIME, "second", 2, false),
                Records.part(TIME, "", 3, true));
        assertThat(read(bytes, false)).containsExactly("1whole\n", "2\n", "1first", "1second", "1\n");
    }

    @Test
    void timesAreThoseOfTheEntry() {
        LogEntry reader = new LogEntry();
        for (String time : List.of(
                "2026-01-02T03:04:05.000000067Z",
                "2026-01-02T03:04:05.999999999Z",
                "2026-01-02T03:04:06.000000000Z",
                "1969-12-31T23:59:59.999999999Z",
                "2262-04-11T23:47:16.854775807Z")) {
            byte[] bytes = Records.framed(
                    Records.entry("stdout", Instant.parse(time), "x").toByteArray());
            assertThat(reader.next(bytes, 0, bytes.length, false)).isEqualTo(bytes.length);
            LogRecord record = reader.record();
            assertThat(record).isNotNull();
            assertThat(record.time()).isEqualTo(time);
        }
    }

    @Test
    void fieldsNobodyKnowsArePassedOver() {
        ByteArrayOutputStream entry = Records.entry("stderr", TIME, "text");
        Records.number(entry, 17, -1);
        Records.bytes(entry, 6, line("stdout", "an attribute"));
        entry.writeBytes(new byte[] {7 << 3 | 1, 1, 2, 3, 4, 5, 6, 7, 8, 8 << 3 | 5, 1, 2, 3, 4});
        assertThat(read(Records.framed(entry.toByteArray()), false)).containsExactly("2text\n");
    }

    @Test
    void whatIsCutOffWaitsForItsRestOrIsPassedOver() {
        byte[] one = line("stdout", "one");
        byte[] two = line("stdout", "two");
        byte[] both = joined(one, two);
        for (int length = one.length + 1; length < both.length; length++) {
            assertThat(read(Arrays.copyOf(both, length), false)).containsExactly("1one\n", "cut");
            assertThat(read(Arrays.copyOf(both, length), true)).containsExactly("1one\n", "?");
        }
    }

    @Test
    void whatIsDamagedCostsNoOthers() {
        byte[] good = line("stderr", "good");
        byte[] torn = Arrays.copyOf(line("stdout", "x".repeat(100)), 60);
        assertThat(read(joined(good, torn, good, good), true)).containsExactly("2good\n", "2good\n", "2good\n");
        // As long as its rest may come, what stands behind it may be its text.
        assertThat(read(joined(good, torn, good, good), false)).containsExactly("2good\n", "cut");
        assertThat(read(joined(good, torn, good, good, good), false))
                .containsExactly("2good\n", "2good\n", "2good\n", "2good\n");
        byte[] zeros = new byte[5000];
        assertThat(read(joined(zeros, good, zeros, good), true))
                .filteredOn(found -> found.equals("2good\n"))
                .hasSize(2);
        for (byte[] message : List.of(
                new byte[] {0x0a, 6, 's', 't', 'd'}, // longer than it is
                new byte[] {0x10, 1}, // without a source
                new byte[] {0x08, 1}, // a source that is a number
                new byte[] {0x0a, 1, 'x', 0x13, 0x14}, // a group
                new byte[] {0x0a, 1, 'x', 0x12, 0}, // a time that is text
                new byte[] {0x0a, 1, 'x', 0x10, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, // a number without end
                new byte[] {0x0a, 1, 'x', 0x02, 0}, // a field 0
                new byte[] {0x0a, 1, 'x', 0x2a, 2, 0x0a, 5})) { // metadata that are longer than they are
            assertThat(read(joined(Records.framed(message), good), true))
                    .as(Arrays.toString(message))
                    .containsExactly("2good\n");
        }
    }
}
