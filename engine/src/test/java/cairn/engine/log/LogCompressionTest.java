package cairn.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.plan.LogFormat;
import cairn.linux.DirectoryHandle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogCompressionTest {
    private static final int FILES = 5;

    @TempDir
    Path directory;

    private Path file(String suffix) {
        return directory.resolve("container.log" + suffix);
    }

    private LogFile log(LogFormat format) {
        return new LogFile(file(""), format);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] plain(Path gzip) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(gzip))) {
            return in.readAllBytes();
        }
    }

    private static void compress(LogFile log) throws InterruptedException {
        try (LogCompression compression = new LogCompression()) {
            compression.compress(log);
            compression.drain();
        }
    }

    private List<String> read(LogFormat format) throws IOException {
        List<String> lines = new ArrayList<>();
        new ContainerLog(List.of(log(format)))
                .read(
                        new LogSelection(true, true, null, null, LogSelection.ALL, false),
                        record -> lines.add(new String(record.text(), StandardCharsets.UTF_8).strip()),
                        () -> true,
                        () -> false);
        return lines;
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void oldFilesAreCompressedAndTheCurrentOneIsNot(LogFormat format) throws Exception {
        Files.write(file(""), Records.records(format, 20, 30));
        Files.write(file(".1"), Records.records(format, 10, 20));
        Files.write(file(".2"), Records.records(format, 0, 10));
        Files.write(file(".gz.part"), new byte[] {1});
        compress(log(format));
        assertThat(names()).containsExactly("container.log", "container.log.1.gz", "container.log.2.gz");
        assertThat(plain(file(".1.gz"))).isEqualTo(Records.records(format, 10, 20));
        assertThat(plain(file(".2.gz"))).isEqualTo(Records.records(format, 0, 10));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(".1.gz"))))
                .isEqualTo("rw-r-----");
        assertThat(read(format)).hasSize(30).startsWith("line 0").endsWith("line 29");
    }

    @Test
    void theHeaderTellsTheLastRecordsTimeAsDockerDoes() throws Exception {
        Files.write(file(".1"), Records.records(LogFormat.LOCAL, 0, 10));
        compress(log(LogFormat.LOCAL));
        byte[] gzip = Files.readAllBytes(file(".1.gz"));
        String extra = "{\"lastTime\":\"2026-01-01T00:00:09.500000000Z\"}";
        assertThat(gzip[10]).isEqualTo((byte) extra.length());
        assertThat(new String(gzip, 12, extra.length(), StandardCharsets.US_ASCII))
                .isEqualTo(extra);
        try (FileChannel channel = FileChannel.open(file(".1.gz"), StandardOpenOption.READ)) {
            assertThat(RotatedGzip.lastTime(channel)).isEqualTo(LogRecord.fixed(Records.BEGIN.plusSeconds(9)));
        }
    }

    @Test
    void whatAKillCutShortIsDoneAgain() throws Exception {
        Files.write(file(""), Records.records(LogFormat.LOCAL, 10, 12));
        Files.write(file(".1"), Records.records(LogFormat.LOCAL, 0, 10));
        // Killed after the compressed form had its name, before the plain one was gone.
        Files.write(file(".1.gz"), new byte[] {1, 2, 3});
        assertThat(read(LogFormat.LOCAL)).hasSize(12);
        compress(log(LogFormat.LOCAL));
        assertThat(names()).containsExactly("container.log", "container.log.1.gz");
        assertThat(read(LogFormat.LOCAL)).hasSize(12);
    }

    @Test
    void namesThatOthersHoldAreLeftAlone() throws Exception {
        Files.write(file(".1"), Records.records(LogFormat.LOCAL, 0, 10));
        try (DirectoryHandle reader = DirectoryHandle.open(directory)) {
            assertThat(reader.tryLock(true)).isTrue();
            compress(log(LogFormat.LOCAL));
            assertThat(names()).containsExactly("container.log.1");
        }
        compress(log(LogFormat.LOCAL));
        assertThat(names()).containsExactly("container.log.1.gz");
    }

    @Test
    void aLogThatIsGoneIsNoFault() throws Exception {
        compress(new LogFile(directory.resolve("none/container.log"), LogFormat.LOCAL));
        assertThat(names()).isEmpty();
    }

    /** One rotates as monitors do, one compresses, one reads: nobody ever sees a gap, or anything twice. */
    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void rotationCompressionAndReadersDoNotMeet(LogFormat format) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Files.createFile(file(""));
        try (LogCompression compression = new LogCompression()) {
            Thread writer = Thread.ofPlatform().start(() -> write(format, compression, done));
            int reads = 0;
            while (!done.get()) {
                List<Integer> numbers = read(format).stream()
                        .map(line -> Integer.parseInt(line.substring(5)))
                        .toList();
                for (int i = 1; i < numbers.size(); i++) {
                    assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
                }
                reads++;
            }
            writer.join();
            compression.drain();
            assertThat(reads).isGreaterThan(5);
        }
        assertThat(names())
                .containsExactly(
                        "container.log",
                        "container.log.1.gz",
                        "container.log.2.gz",
                        "container.log.3.gz",
                        "container.log.4.gz");
        assertThat(read(format)).hasSize(4 * 50 + 25).endsWith("line 9974");
    }

    private void write(LogFormat format, LogCompression compression, AtomicBoolean done) {
        try {
            for (int i = 0; i < 9975; i += 25) {
                Files.write(file(""), Records.records(format, i, i + 25), StandardOpenOption.APPEND);
                if (i % 50 == 25) {
                    rotate();
                    compression.compress(log(format));
                }
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            done.set(true);
        }
    }

    private void rotate() throws IOException, InterruptedException {
        try (DirectoryHandle names = DirectoryHandle.open(directory)) {
            while (!names.tryLock(false)) {
                Thread.sleep(1);
            }
            for (String suffix : List.of("", ".gz")) {
                Files.deleteIfExists(file("." + (FILES - 1) + suffix));
            }
            for (int i = FILES - 1; i > 0; i--) {
                for (String suffix : List.of("", ".gz")) {
                    Path from = file(i == 1 ? suffix : "." + (i - 1) + suffix);
                    if (Files.exists(from)) {
                        Files.move(from, file("." + i + suffix));
                    }
                }
            }
            Files.createFile(file(""));
        }
    }

    @Test
    void anythingComesBackAsItWas() throws IOException {
        for (int size : new int[] {0, 1, 1 << 16, 3 << 20}) {
            byte[] content = new byte[size];
            new java.util.Random(size).nextBytes(content);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            RotatedGzip.write(new java.io.ByteArrayInputStream(content), LogRecord.NEVER, out);
            Files.write(file(".gz"), out.toByteArray());
            assertThat(plain(file(".gz"))).isEqualTo(content);
        }
    }
}
