package cairn.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import cairn.linux.DirectoryHandle;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRootTest {
    @TempDir
    Path temporary;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void modesAreDockersAndArePutRightAgain() throws IOException {
        Path path = temporary.resolve("root");
        DataRoot.open(path).close();
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(path.resolve("overlay2"), PosixFilePermissions.fromString("rwxrwxrwx"));
        try (DataRoot root = DataRoot.open(path)) {
            assertThat(mode(root.path())).isEqualTo("rwx--x---");
            assertThat(mode(root.overlay2())).isEqualTo("rwx--x---");
            assertThat(mode(root.links())).isEqualTo("rwx------");
            assertThat(mode(root.volumes())).isEqualTo("rwx-----x");
            assertThat(mode(root.containers())).isEqualTo("rwx--x---");
            assertThat(mode(root.imageContents())).isEqualTo("rwx------");
        }
    }

    @Test
    void asecondEngineIsRefusedAndDoesNoHarmToTheFirst() {
        Path path = temporary.resolve("root");
        try (DataRoot first = DataRoot.open(path)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> DataRoot.open(path))
                        .isInstanceOfSatisfying(
                                EngineException.class,
                                e -> assertThat(e.problem())
                                        .isEqualTo(new Problem.Unavailable("data root " + first.path()
                                                + " is in use by cairnd, process "
                                                + ProcessHandle.current().pid())));
            }
        }
        DataRoot.open(path).close();
    }

    @Test
    void anEngineInAnotherProcessIsSeenAndItsEndToo() throws Exception {
        Path path = temporary.resolve("root");
        DataRoot.open(path).close();
        String python = "import fcntl,sys\nf=open(sys.argv[1],'r+')\n%s\nprint('held',flush=True)\nsys.stdin.read()";
        Files.createDirectories(path.resolve("volumes"));
        Files.createFile(path.resolve("volumes/metadata.db"));
        for (String[] one : new String[][] {
            {"fcntl.lockf(f,fcntl.LOCK_EX)", "cairn/lock", "cairnd, process "},
            {"fcntl.flock(f,fcntl.LOCK_EX)", "volumes/metadata.db", "dockerd, process "}
        }) {
            Process holder = new ProcessBuilder(
                            "python3",
                            "-c",
                            python.formatted(one[0]),
                            path.resolve(one[1]).toString())
                    .start();
            try {
                assertThat(holder.inputReader().readLine()).isEqualTo("held");
                assertThatThrownBy(() -> DataRoot.open(path)).hasMessageContaining(one[2] + holder.pid());
            } finally {
                holder.destroy();
                holder.waitFor();
            }
            DataRoot.open(path).close();
        }
    }

    @Test
    void aFileIsReplacedAsAWholeWithExactlyTheModeAskedFor() throws IOException {
        try (DataRoot root = DataRoot.open(temporary.resolve("root"))) {
            Path file = root.cairn().resolve("file");
            root.files().write(file, "one".getBytes(StandardCharsets.UTF_8), 0666, Durability.PROCESS);
            assertThat(mode(file)).isEqualTo("rw-rw-rw-");
            try (FileChannel open = FileChannel.open(file, StandardOpenOption.READ)) {
                root.files().write(file, "three".getBytes(StandardCharsets.UTF_8), 0600, Durability.POWER);
                assertThat(open.size()).as("an open reader keeps the old file").isEqualTo(3);
            }
            assertThat(file).hasContent("three");
            assertThat(mode(file)).isEqualTo("rw-------");
            assertThat(root.tmp()).isEmptyDirectory();
        }
    }

    @Test
    void aStartSweepsWhatAWriteOrARemovalLeft() throws Exception {
        Path path = temporary.resolve("root");
        DataRoot.open(path).close();
        Files.createDirectories(path.resolve("cairn/tmp/spool/deep"));
        Files.createDirectories(path.resolve("cairn/trash/old/deep"));
        try (DataRoot root = DataRoot.open(path)) {
            root.trash().drain();
            assertThat(root.tmp()).isEmptyDirectory();
            assertThat(path.resolve("cairn/trash")).isEmptyDirectory();
        }
    }

    @Test
    void whatIsDiscardedIsGoneAtOnceAndLinksInItAreNotFollowed() throws Exception {
        Path outside = Files.writeString(
                Files.createDirectory(temporary.resolve("outside")).resolve("file"), "x");
        try (DataRoot root = DataRoot.open(temporary.resolve("root"))) {
            Path directory = Files.createDirectories(root.overlay2().resolve("layer/diff"));
            Files.createSymbolicLink(directory.resolve("link"), outside.getParent());
            // Deeper than any path: a container can make such a tree.
            DirectoryHandle at = DirectoryHandle.open(directory);
            for (int i = 0; i < 3000; i++) {
                at.mkdir("d".repeat(20), 0700);
                DirectoryHandle next = at.openIn("d".repeat(20));
                at.close();
                at = next;
            }
            at.close();
            root.trash().discard(root.overlay2().resolve("layer"));
            root.trash().discard(root.overlay2().resolve("layer"));
            assertThat(root.overlay2().resolve("layer")).doesNotExist();
            root.trash().drain();
            assertThat(root.path().resolve("cairn/trash")).isEmptyDirectory();
        }
        assertThat(outside).hasContent("x");
    }
}
