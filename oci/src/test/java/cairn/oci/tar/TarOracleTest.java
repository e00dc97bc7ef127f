package cairn.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other programs' archives read, and ours read by other programs. */
class TarOracleTest {
    private static final String LONG = "d".repeat(60) + "/" + "e".repeat(60) + "/" + "f".repeat(120);

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"v7", "ustar", "oldgnu", "gnu", "posix"})
    void everyFormatOfGnuTarIsReadAsItWasWritten(String format) throws Exception {
        Path tree = Files.createDirectory(dir.resolve("tree"));
        boolean longNames = format.endsWith("gnu") || format.equals("posix");
        String name = longNames ? LONG : "d/e/f";
        Path file = tree.resolve(name);
        Files.createDirectories(file.getParent());
        byte[] content = new byte[70_000];
        new Random(3).nextBytes(content);
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_500_000_000, 123_456_789)));
        Files.createSymbolicLink(tree.resolve("link"), Path.of(name));
        Files.createLink(tree.resolve("z-hard"), file);
        Files.createFile(tree.resolve("empty"));

        byte[] tar =
                tar("--format=" + format, "--sort=name", "--numeric-owner", "-C", tree.toString(), "-cf", "-", ".");
        Map<String, Tars.Read> read = new TreeMap<>();
        Tars.read(tar).forEach(r -> read.put(r.entry().name(), r));

        TarEntry entry = read.get("./" + name).entry();
        assertThat(entry.type()).isEqualTo(TarType.FILE);
        assertThat(entry.mtime()).isEqualTo(1_500_000_000);
        assertThat(entry.mtimeNanos()).isEqualTo(format.equals("posix") ? 123_456_789 : 0);
        assertThat(read.get("./" + name).content()).isEqualTo(content);
        assertThat(read.get("./link").entry().type()).isEqualTo(TarType.SYMLINK);
        assertThat(read.get("./link").entry().linkName()).isEqualTo(name);
        assertThat(read.get("./z-hard").entry().type()).isEqualTo(TarType.HARD_LINK);
        assertThat(read.get("./z-hard").entry().linkName()).isEqualTo("./" + name);
        assertThat(read.get("./").entry().type()).isEqualTo(TarType.DIRECTORY);
        assertThat(read.get("./empty").content()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--format=gnu", "--sparse-version=0.0", "--sparse-version=0.1", "--sparse-version=1.0"})
    void sparseFilesOfGnuTarAreExpandedAndMadeAgain(String version) throws Exception {
        Path file = dir.resolve("sparse");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            for (int i = 0; i < 40; i++) {
                sparse.seek(i * 100_000L);
                sparse.write(("region " + i).getBytes(StandardCharsets.US_ASCII));
            }
            sparse.setLength(5_000_000);
        }
        Files.writeString(dir.resolve("z"), "after");
        String format = version.startsWith("--format") ? version : "--format=posix";
        List<String> arguments =
                new ArrayList<>(List.of("-C", dir.toString(), format, "--sparse", "-cf", "-", "sparse", "z"));
        if (!version.equals(format)) {
            arguments.add(0, version);
        }
        byte[] tar = tar(arguments.toArray(String[]::new));
        assertThat(tar.length).isLessThan(1_000_000);

        List<Tars.Read> read = Tars.read(tar);
        assertThat(read).extracting(r -> r.entry().name()).containsExactly("sparse", "z");
        assertThat(read.getFirst().content()).isEqualTo(Files.readAllBytes(file));
        assertThat(TarSplits.reassembled(tar)).isEqualTo(tar);
    }

    @Test
    void gnuTarUnpacksWhatWeWrite() throws Exception {
        Map<String, String> contents = new TreeMap<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(bytes)) {
            for (String name : List.of("a", "dir/ümläut", LONG, "dir/" + "x".repeat(200))) {
                contents.put(name, "content of " + name);
                byte[] content = contents.get(name).getBytes(StandardCharsets.UTF_8);
                writer.write(
                        TarEntry.file(name, 0640, content.length, 1_000_000_000).withMtime(1_000_000_000, 250_000_000),
                        content);
            }
            writer.write(TarEntry.symlink("link", LONG, 0));
            writer.write(TarEntry.hardLink("hard", "a", 0640, 0));
        }
        Path archive = Files.write(dir.resolve("ours.tar"), bytes.toByteArray());
        Path out = Files.createDirectory(dir.resolve("out"));
        tar("-C", out.toString(), "-xf", archive.toString(), "--no-same-owner");
        for (Map.Entry<String, String> expected : contents.entrySet()) {
            assertThat(out.resolve(expected.getKey())).hasContent(expected.getValue());
        }
        assertThat(Files.getLastModifiedTime(out.resolve("a")).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1_000_000_000, 250_000_000));
        assertThat(Files.readSymbolicLink(out.resolve("link"))).hasToString(LONG);
        assertThat(Files.isSameFile(out.resolve("hard"), out.resolve("a"))).isTrue();
    }

    @Test
    void commonsCompressAndWeReadEachOther() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<TarEntry> entries = new ArrayList<>();
        try (TarWriter writer = new TarWriter(bytes)) {
            for (int i = 0; i < 50; i++) {
                TarEntry entry = TarEntry.file("n" + "/long-component".repeat(i), 0600 + i, i, -5 + i)
                        .withOwner(1L << (i % 32), i);
                entries.add(entry);
                writer.write(entry, new byte[i]);
            }
        }
        try (TarArchiveInputStream commons = new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            for (TarEntry entry : entries) {
                TarArchiveEntry read = commons.getNextEntry();
                assertThat(read.getName()).isEqualTo(entry.name());
                assertThat(read.getLongUserId()).isEqualTo(entry.uid());
                assertThat(read.getSize()).isEqualTo(entry.size());
                assertThat(read.getLastModifiedTime().to(TimeUnit.SECONDS)).isEqualTo(entry.mtime());
            }
            assertThat(commons.getNextEntry()).isNull();
        }

        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        try (TarArchiveOutputStream commons = new TarArchiveOutputStream(theirs, "UTF-8")) {
            commons.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            commons.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            commons.setAddPaxHeadersForNonAsciiNames(true);
            for (TarEntry entry : entries) {
                TarArchiveEntry written = new TarArchiveEntry(entry.name());
                written.setMode(entry.mode());
                written.setIds(0, 0);
                written.setUserId(entry.uid());
                written.setSize(entry.size());
                written.setModTime(FileTime.from(entry.mtime(), TimeUnit.SECONDS));
                commons.putArchiveEntry(written);
                commons.write(new byte[(int) entry.size()]);
                commons.closeArchiveEntry();
            }
        }
        List<Tars.Read> read = Tars.read(theirs.toByteArray());
        assertThat(read)
                .extracting(r -> r.entry().name())
                .isEqualTo(entries.stream().map(TarEntry::name).toList());
        assertThat(read)
                .extracting(r -> r.entry().uid())
                .isEqualTo(entries.stream().map(TarEntry::uid).toList());
        assertThat(read)
                .extracting(r -> r.entry().mtime())
                .isEqualTo(entries.stream().map(TarEntry::mtime).toList());
    }

    /** The digest was taken from what Go's archive/tar (1.26, Format PAX) writes for the same entries. */
    @Test
    void archiveIsTheOneThatGoWrites() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(bytes)) {
            for (TarEntry entry : goldenEntries()) {
                writer.write(entry, new byte[(int) entry.size()]);
            }
        }
        assertThat(Digest.sha256(bytes.toByteArray()).hex()).isEqualTo(GOLDEN);
    }

    private static final String GOLDEN = "411a2a2cbc3fa085cefc437edafe697684bb9d6e26681db83af4689e30dbdaa6";

    static List<TarEntry> goldenEntries() {
        TarEntry file = TarEntry.file("etc/passwd", 0644, 1000, 1_700_000_000);
        TarEntry device = new TarEntry(
                "dev/null",
                TarType.CHAR_DEVICE,
                '3',
                0666,
                0,
                0,
                "root",
                "root",
                0,
                1_700_000_000,
                0,
                "",
                1,
                3,
                Map.of());
        return List.of(
                TarEntry.directory("etc", 0755, 1_700_000_000),
                file,
                file.withName("p".repeat(90) + "/" + "n".repeat(60)),
                file.withName("x".repeat(120)),
                file.withName("dir/" + "é".repeat(60)),
                file.withName("k".repeat(99) + "/" + "q".repeat(160)),
                file.withOwner(3_000_000, 4_000_000_000L),
                file.withMtime(-1, 500_000_000),
                file.withMtime(9_000_000_000L, 0),
                file.withXattrs(
                        Map.of("user.b", new byte[] {0, 1, (byte) 255, '\n'}, "security.capability", new byte[20])),
                TarEntry.symlink("bin", "usr/" + "l".repeat(120), 0),
                TarEntry.hardLink("hard", "etc/passwd", 0644, 0),
                device,
                TarEntry.directory("d".repeat(99) + "/" + "e".repeat(99), 0700, 5));
    }

    @Test
    void writerRefusesWhatNoHeaderCanSay() throws IOException {
        TarWriter writer = new TarWriter(new ByteArrayOutputStream());
        TarEntry file = TarEntry.file("f", 0644, 3, 0);
        assertThatThrownBy(() -> writer.write(file, new byte[2]))
                .hasMessageContaining("\"f\": content has 2 bytes, not 3");
        assertThatThrownBy(() -> writer.write(file, new ByteArrayInputStream(new byte[2])))
                .hasMessageContaining("content has 2 bytes");
        assertThatThrownBy(() -> writer.write(file.withName("a\0b"), new byte[3]))
                .hasMessageContaining("NUL in its name");
        assertThatThrownBy(() -> writer.write(file.withXattrs(Map.of("a=b", new byte[1])), new byte[3]))
                .hasMessageContaining("bad name of an extended attribute");
        assertThatThrownBy(() -> writer.write(TarEntry.directory("d", 0755, 0).withSize(3), new byte[3]))
                .hasMessageContaining("content, but no file");
        writer.finish();
        assertThatThrownBy(() -> writer.write(file, new byte[3])).hasMessageContaining("finished");
    }

    private byte[] tar(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tar"));
        command.addAll(Arrays.asList(arguments));
        Path out = dir.resolve("stdout" + command.hashCode());
        Path errors = dir.resolve("stderr" + command.hashCode());
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return Files.readAllBytes(out);
    }
}
