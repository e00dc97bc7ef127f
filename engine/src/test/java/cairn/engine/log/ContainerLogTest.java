package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.plan.LogFormat;
import cairn.linux.DirectoryHandle;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContainerLogTest {
    @TempDir
    Path directory;

    private static final LogSelection ALL = new LogSelection(true, true, null, null, LogSelection.ALL, false);

    private Path path() {
        return directory.resolve("x.log");
    }

    private ContainerLog log(LogFormat format) {
        return new ContainerLog(List.of(new LogFile(path(), format)));
    }

    private void append(byte[] bytes) throws IOException {
        Files.write(path(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** As a monitor does it, with so many files. */
    private void rotate(int files) throws IOException {
        for (int i = files - 1; i > 0; i--) {
            for (String suffix : List.of("", ".gz")) {
                Path from = Path.of(path() + (i == 1 ? "" : "." + (i - 1)) + suffix);
                Files.deleteIfExists(Path.of(path() + "." + i + suffix));
                if (Files.exists(from)) {
                    Files.move(from, Path.of(path() + "." + i + suffix));
                }
            }
        }
        Files.createFile(path());
    }

    private static void gzip(Path file) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RotatedGzip.write(new ByteArrayInputStream(Files.readAllBytes(file)), LogRecord.NEVER, out);
        Files.write(Path.of(file + ".gz"), out.toByteArray());
        Files.delete(file);
    }

    private static List<String> read(ContainerLog log, LogSelection selection) throws IOException {
        List<String> lines = new ArrayList<>();
        log.read(
                selection,
                record -> lines.add(record.stream() + new String(record.text(), StandardCharsets.UTF_8)),
                () -> true,
                () -> false);
        return lines;
    }

    private static LogSelection tail(long count) {
        return new LogSelection(true, true, null, null, count, false);
    }

    private static List<String> lines(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add((1 + i % 2) + "line " + i + "\n");
        }
        return lines;
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void readsEveryRecordWithItsStream(LogFormat format) throws IOException {
        assertThat(read(log(format), ALL)).isEmpty();
        append(Records.records(format, 0, 4));
        assertThat(read(log(format), ALL)).containsExactly("1line 0\n", "2line 1\n", "1line 2\n", "2line 3\n");
        assertThat(read(log(format), new LogSelection(false, true, null, null, LogSelection.ALL, false)))
                .containsExactly("2line 1\n", "2line 3\n");
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void tailCountsFromTheEndAcrossFilesCompressedOrNot(LogFormat format) throws IOException {
        append(Records.records(format, 0, 3000));
        rotate(9);
        gzip(Path.of(path() + ".1"));
        append(Records.records(format, 3000, 20_000));
        rotate(9);
        rotate(9); // One that nothing was written to.
        append(Records.records(format, 20_000, 20_003));
        for (int n : new int[] {0, 1, 3, 4, 2000, 17_002, 17_003, 17_004, 20_003, 99_999}) {
            assertThat(read(log(format), tail(n))).as("tail " + n).isEqualTo(lines(Math.max(0, 20_003 - n), 20_003));
        }
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void longRecordsAreCountedToo(LogFormat format) throws IOException {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String line = "x".repeat(1 + i % 4 * 300_000);
            append(Records.record(format, 0, line));
            all.add("1" + line + "\n");
        }
        for (int n = 0; n <= 12; n++) {
            assertThat(read(log(format), tail(n))).as("tail " + n).isEqualTo(all.subList(12 - n, 12));
        }
        assertThat(read(log(format), ALL)).isEqualTo(all);
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void sinceAndUntilAreBoundsOfTime(LogFormat format) throws IOException {
        append(Records.records(format, 0, 60));
        List<String> some = read(
                log(format),
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
    void compressedFilesThatAreOlderAreNotEvenRead() throws IOException {
        append(Records.records(LogFormat.LOCAL, 0, 10));
        rotate(3);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        RotatedGzip.write(
                new ByteArrayInputStream(Records.records(LogFormat.LOCAL, 0, 10)), "2026-01-01T00:00:09.5Z", out);
        Files.write(Path.of(path() + ".1.gz"), out.toByteArray());
        Files.delete(Path.of(path() + ".1"));
        append(Records.records(LogFormat.LOCAL, 10, 12));
        Instant end = Records.BEGIN.plusSeconds(9);
        for (int i = -1; i <= 1; i++) {
            LogSelection since = new LogSelection(true, true, end.plusNanos(i), null, LogSelection.ALL, false);
            assertThat(read(log(LogFormat.LOCAL), since)).isEqualTo(lines(i <= 0 ? 9 : 10, 12));
        }
        // Nothing is left of it but its header, which has said enough.
        Files.write(Path.of(path() + ".1.gz"), Arrays.copyOf(out.toByteArray(), 60));
        assertThat(read(log(LogFormat.LOCAL), ALL)).isEqualTo(lines(10, 12));
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void whatIsCutOffOrDamagedCostsOnlyItself(LogFormat format) throws IOException {
        byte[] all = Records.records(format, 0, 2000);
        append(all);
        rotate(4);
        gzip(Path.of(path() + ".1"));
        byte[] gzip = Files.readAllBytes(Path.of(path() + ".1.gz"));
        Files.write(Path.of(path() + ".1.gz"), Arrays.copyOf(gzip, gzip.length / 2));
        rotate(4);
        append(Records.records(format, 2000, 2010));
        append(new byte[300_000]);
        append(Records.records(format, 2010, 2020));
        append(Arrays.copyOf(Records.record(format, 0), 30));
        List<String> found = read(log(format), ALL);
        int half = found.indexOf("1line 2000\n");
        assertThat(half).isBetween(100, 1999);
        assertThat(found.subList(0, half)).isEqualTo(lines(0, half));
        List<String> rest = new ArrayList<>(found.subList(half, found.size()));
        List<String> expected = lines(2000, 2020);
        if (format == LogFormat.JSON_FILE) {
            // Zeros have become the beginning of its line.
            expected.remove("1line 2010\n");
        }
        assertThat(rest).isEqualTo(expected);
        assertThat(read(log(format), tail(5))).isEqualTo(lines(2015, 2020));
        assertThat(read(log(format), tail(15))).endsWith(lines(2011, 2020).toArray(String[]::new));
        Files.write(Path.of(path() + ".2.gz"), new byte[3]);
        assertThat(read(log(format), tail(50))).endsWith("2line 2019\n");
    }

    @Test
    void escapesAreUndoneAndATornLastLineIsLeftOut() throws IOException {
        append(
                ("{\"log\":\"a\\u003c\\\"\\\\\\t\\u00e9\\ud83d\\ude00\\n\",\"stream\":\"stdout\",\"attrs\":{\"k\":\"v}\"},\"time\":\"2026-01-01T00:00:00Z\"}\n{\"log\":\"to")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(read(log(LogFormat.JSON_FILE), ALL)).containsExactly("1a<\"\\\té😀\n");
        assertThat(read(log(LogFormat.JSON_FILE), tail(1))).containsExactly("1a<\"\\\té😀\n");
    }

    @Test
    void whatAnEarlierVersionWroteComesFirst() throws IOException {
        Path local = Files.createDirectory(directory.resolve("local-logs")).resolve("container.log");
        Files.write(path(), Records.records(LogFormat.JSON_FILE, 2, 5));
        Files.write(Path.of(path() + ".1"), Records.records(LogFormat.JSON_FILE, 0, 2));
        ContainerLog both = new ContainerLog(
                List.of(new LogFile(path(), LogFormat.JSON_FILE), new LogFile(local, LogFormat.LOCAL)));
        assertThat(read(both, ALL)).isEqualTo(lines(0, 5));
        Files.write(local, Records.records(LogFormat.LOCAL, 5, 9));
        assertThat(read(both, ALL)).isEqualTo(lines(0, 9));
        for (int n = 0; n <= 9; n++) {
            assertThat(read(both, tail(n))).isEqualTo(lines(9 - n, 9));
        }
    }

    @Test
    void namesOfOthersAreNoFilesOfALog() throws IOException {
        append(Records.records(LogFormat.LOCAL, 0, 2));
        for (String name :
                List.of("x.log.gz.part", "x.log.0", "x.log.01", "x.log.1x", "x.log.gz", "y.log.1", "x.log.")) {
            Files.write(directory.resolve(name), Records.records(LogFormat.LOCAL, 0, 1));
        }
        assertThat(read(log(LogFormat.LOCAL), ALL)).isEqualTo(lines(0, 2));
    }

    /** Follows the log from its last record on, until {@link #end}. */
    private final class Follower {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
        private final Thread thread;

        Follower(LogFormat format, long tail) {
            thread = Thread.ofPlatform().start(() -> {
                try {
                    log(format)
                            .read(
                                    new LogSelection(true, true, null, null, tail, true),
                                    record -> seen.add(
                                            record.stream() + new String(record.text(), StandardCharsets.UTF_8)),
                                    stopped::get,
                                    () -> false);
                } catch (IOException e) {
                    seen.add(e.toString());
                }
            });
        }

        void awaits(int count) throws InterruptedException {
            for (int i = 0; i < 1000 && seen.size() < count; i++) {
                Thread.sleep(10);
            }
            assertThat(seen).hasSizeGreaterThanOrEqualTo(count);
        }

        List<String> end() throws InterruptedException {
            stopped.set(true);
            thread.join(5000);
            assertThat(thread.isAlive()).isFalse();
            return seen;
        }
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void followingSeesWhatComesAndEndsWithTheContainer(LogFormat format) throws Exception {
        append(Records.records(format, 0, 2));
        Follower follower = new Follower(format, 1);
        follower.awaits(1);
        append(Records.records(format, 2, 4));
        follower.awaits(3);
        byte[] half = Records.record(format, 4);
        append(Arrays.copyOf(half, half.length / 2));
        Thread.sleep(50);
        append(Arrays.copyOfRange(half, half.length / 2, half.length));
        follower.awaits(4);
        append(Records.records(format, 5, 6));
        assertThat(follower.end()).isEqualTo(lines(1, 6));
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void followingGoesThroughRotations(LogFormat format) throws Exception {
        append(Records.records(format, 0, 2));
        Follower follower = new Follower(format, LogSelection.ALL);
        follower.awaits(2);
        // More is rotated than the reader hears of one by one; the new file is longer than what was read of the old.
        DirectoryHandle held = DirectoryHandle.open(directory);
        assertThat(held.tryLock(false)).isTrue();
        append(Records.records(format, 2, 10));
        rotate(5);
        append(Records.records(format, 10, 30));
        rotate(5);
        append(Records.records(format, 30, 90));
        held.close();
        follower.awaits(90);
        // What was read last is compressed before it is found again.
        held = DirectoryHandle.open(directory);
        assertThat(held.tryLock(false)).isTrue();
        append(Records.records(format, 90, 92));
        rotate(5);
        gzip(Path.of(path() + ".1"));
        append(Records.records(format, 92, 95));
        held.close();
        follower.awaits(95);
        assertThat(follower.end()).isEqualTo(lines(0, 95));
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void followingBearsAFileThatIsCutOrBegunAnew(LogFormat format) throws Exception {
        append(Records.records(format, 0, 3));
        long whole = Files.size(path());
        append(Arrays.copyOf(Records.record(format, 3), 30));
        Follower follower = new Follower(format, LogSelection.ALL);
        follower.awaits(3);
        // A full disk: the writer takes back what was not a whole record.
        try (var channel = Files.newByteChannel(path(), StandardOpenOption.WRITE)) {
            channel.truncate(whole);
        }
        Thread.sleep(600);
        append(Records.records(format, 4, 6));
        follower.awaits(5);
        try (var channel = Files.newByteChannel(path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        Thread.sleep(600);
        append(Records.records(format, 6, 7));
        List<String> expected = lines(0, 7);
        expected.remove(3);
        follower.awaits(6);
        assertThat(follower.end()).isEqualTo(expected);
    }
}
