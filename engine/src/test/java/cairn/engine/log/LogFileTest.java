package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path directory;

    private static String line(int i) {
        return "{\"log\":\"line " + i + "\\n\",\"stream\":\"" + (i % 2 == 0 ? "stdout" : "stderr")
                + "\",\"time\":\"2026-01-01T00:00:" + String.format("%02d", i % 60) + ".5Z\"}\n";
    }

    private Path write(int from, int to) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(line(i));
        }
        return Files.writeString(
                directory.resolve("x-json.log"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> read(Path path, LogSelection selection) throws IOException {
        List<String> lines = new ArrayList<>();
        new LogFile(path)
                .read(
                        selection,
                        record -> lines.add(record.stream() + new String(record.text(), StandardCharsets.UTF_8)),
                        () -> true,
                        () -> false);
        return lines;
    }

    private static LogSelection all() {
        return new LogSelection(true, true, null, null, LogSelection.ALL, false);
    }

    @Test
    void readsEveryRecordWithItsStream() throws IOException {
        assertThat(read(write(0, 4), all())).containsExactly("1line 0\n", "2line 1\n", "1line 2\n", "2line 3\n");
    }

    @Test
    void tailCountsFromTheEndAcrossRotatedFiles() throws IOException {
        Path path = write(0, 5000);
        Files.move(path, directory.resolve("x-json.log.1"));
        write(5000, 5003);
        for (int n : new int[] {0, 1, 3, 4, 2000, 5003, 9999}) {
            List<String> tail = read(path, new LogSelection(true, true, null, null, n, false));
            assertThat(tail).as("tail " + n).hasSize(Math.min(n, 5003));
            if (n > 0) {
                assertThat(tail.getLast()).endsWith("line 5002\n");
            }
        }
    }

    @Test
    void sinceAndUntilAreBoundsOfTime() throws IOException {
        Path path = write(0, 60);
        List<String> some = read(
                path,
                new LogSelection(
                        true,
                        false,
                        Instant.parse("2026-01-01T00:00:10Z"),
                        Instant.parse("2026-01-01T00:00:13Z"),
                        LogSelection.ALL,
                        false));
        assertThat(some).containsExactly("1line 10\n", "1line 12\n");
    }

    @Test
    void escapesAreUndoneAndATornLastLineIsLeftOut() throws IOException {
        Path path = directory.resolve("x-json.log");
        Files.writeString(
                path,
                "{\"log\":\"a\\u003c\\\"\\\\\\t\\u00e9\\ud83d\\ude00\\n\",\"stream\":\"stdout\",\"attrs\":{\"k\":\"v}\"},\"time\":\"2026-01-01T00:00:00Z\"}\n{\"log\":\"to");
        assertThat(read(path, all())).containsExactly("1a<\"\\\té😀\n");
    }

    @Test
    void followingSeesWhatComesAndEndsWithTheContainer() throws Exception {
        Path path = write(0, 2);
        AtomicBoolean stopped = new AtomicBoolean();
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                new LogFile(path)
                        .read(
                                new LogSelection(true, true, null, null, 1, true),
                                record -> seen.add(new String(record.text(), StandardCharsets.UTF_8)),
                                stopped::get,
                                () -> false);
            } catch (IOException e) {
                seen.add(e.toString());
            }
        });
        for (int i = 0; i < 500 && seen.isEmpty(); i++) {
            Thread.sleep(10);
        }
        write(2, 4);
        for (int i = 0; i < 200 && seen.size() < 3; i++) {
            Thread.sleep(10);
        }
        stopped.set(true);
        write(4, 5);
        reader.join(5000);
        assertThat(reader.isAlive()).isFalse();
        assertThat(seen).startsWith("line 1\n", "line 2\n", "line 3\n");
    }
}
