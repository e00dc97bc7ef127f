package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class InRootTest {
    @TempDir
    Path scratch;

    @AfterEach
    void clear() {
        try (DirectoryHandle directory = DirectoryHandle.open(scratch)) {
            directory.list().forEach(directory::deleteTree);
        }
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void namesAreResolvedAsTheyAreSeenInside() throws Exception {
        Path root = Files.createDirectories(scratch.resolve("root/etc/deep"))
                .getParent()
                .getParent();
        Files.createSymbolicLink(root.resolve("absolute"), Path.of("/etc/deep"));
        Files.createSymbolicLink(root.resolve("up"), Path.of("../../../etc"));
        Files.createSymbolicLink(root.resolve("chain"), Path.of("up/deep"));
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("absolute/new/../newer"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(root.resolve("away"), Path.of("/proc/self/root"));
        try (InRoot inside = InRoot.open(root)) {
            assertThat(inside.resolve("/")).isEqualTo("/");
            assertThat(inside.resolve("/etc/../etc/deep/.")).isEqualTo("/etc/deep");
            assertThat(inside.resolve("/../../etc")).isEqualTo("/etc");
            assertThat(inside.resolve("/absolute")).isEqualTo("/etc/deep");
            assertThat(inside.resolve("/up/deep")).isEqualTo("/etc/deep");
            assertThat(inside.resolve("/chain/a/b")).isEqualTo("/etc/deep/a/b");
            assertThat(inside.resolve("/dangling/x")).isEqualTo("/etc/deep/newer/x");
            assertThat(inside.resolve("/away")).isEqualTo("/proc/self/root");
            assertErrno(Errno.ELOOP, () -> inside.resolve("/loop"));
        }
        try (InRoot host = InRoot.open(Path.of("/"))) {
            assertThat(host.resolve("/proc/../usr")).isEqualTo("/usr");
        }
    }

    @Test
    void everyPathStaysInside() throws Exception {
        Path root = Files.createDirectories(scratch.resolve("root/etc")).getParent();
        Files.writeString(scratch.resolve("secret"), "outside");
        Files.writeString(root.resolve("secret"), "inside");
        Files.createSymbolicLink(root.resolve("etc/absolute"), Path.of("/secret"));
        Files.createSymbolicLink(root.resolve("etc/up"), Path.of("../../../secret"));
        Files.createSymbolicLink(root.resolve("dir"), Path.of("/etc"));
        Files.createSymbolicLink(root.resolve("magic"), Path.of("/proc/self/root"));
        try (InRoot in = InRoot.open(root)) {
            Files.write(root.resolve("large"), new byte[300_000]);
            assertThat(in.readSmallFile("large", 300_000)).hasSize(300_000);
            assertErrno(Errno.EFBIG, () -> in.readSmallFile("large", 299_999));
            for (String path :
                    new String[] {"secret", "/secret", "../secret", "etc/absolute", "/etc/up", "dir/../secret"}) {
                assertThat(in.readSmallFile(path, 6)).asString().isEqualTo("inside");
            }
            assertThat(in.status("etc/up").isRegular()).isTrue();
            assertThat(in.statusNoFollow("etc/up").isLink()).isTrue();
            assertThat(in.readlink("etc/up")).isEqualTo("../../../secret");
            assertThat(in.list("dir")).containsExactly("absolute", "up");
            assertThat(in.status("magic")).isNull();
            assertThat(in.readSmallFile("missing", 10)).isNull();
            assertThat(in.readSmallFile("secret/x", 10)).isNull();
            try (DirectoryHandle directory = in.openDirectory("/dir")) {
                assertThat(directory.list()).containsExactly("absolute", "up");
            }
        }
    }

    /** A slash at the end defeats O_NOFOLLOW (the kind of CVE-2026-39822): what is then followed must still end inside. */
    @Test
    void slashesAtTheEndLeadNowhereElse() throws Exception {
        Path root = Files.createDirectories(scratch.resolve("root/inner")).getParent();
        Path outside = Files.createDirectories(scratch.resolve("outside/inner")).getParent();
        Files.writeString(outside.resolve("secret"), "outside");
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("relative"), Path.of("../outside"));
        Files.createSymbolicLink(root.resolve("file"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("up"), Path.of("../.."));
        try (InRoot in = InRoot.open(root)) {
            for (String link : new String[] {"out", "relative", "file", "/out", "inner/../out", "up/out"}) {
                for (String end :
                        new String[] {"/", "//", "/.", "/./", "/../out/", "/secret", "//secret", "/./secret"}) {
                    String path = link + end;
                    assertThat(in.readSmallFile(path, 100)).as(path).isNull();
                    assertThat(in.status(path)).as(path).isNull();
                    assertThat(in.statusNoFollow(path)).as(path).isNull();
                    assertErrno(Errno.ENOENT, () -> in.readlink(path));
                    assertErrno(Errno.ENOENT, () -> in.openFile(path));
                    assertErrno(Errno.ENOENT, () -> in.openDirectory(path));
                    assertErrno(Errno.ENOENT, () -> in.list(path));
                }
            }
            for (String path : new String[] {"up", "up/", "up//", "up/.", "up/../", "inner/../up/"}) {
                assertThat(in.list(path)).as(path).containsExactly("file", "inner", "out", "relative", "up");
            }
            assertThat(in.statusNoFollow("up").isLink()).isTrue();
            assertThat(in.statusNoFollow("up/").isDirectory()).isTrue();
        }
    }

    @Test
    void onlyRegularFilesOfReasonableSizeAreRead() throws Exception {
        try (DirectoryHandle directory = DirectoryHandle.open(scratch);
                InRoot in = InRoot.open(scratch)) {
            directory.mknod("fifo", FileStatus.S_IFIFO | 0600, 0, 0);
            directory.mknod("null", FileStatus.S_IFCHR | 0600, 1, 3);
            directory.mkdir("d", 0700);
            try (FileHandle sparse = directory.createFile("huge", 0600)) {
                sparse.truncate(1L << 40);
            }
            assertErrno(Errno.EINVAL, () -> in.readSmallFile("fifo", 10));
            assertErrno(Errno.EINVAL, () -> in.openFile("null"));
            assertErrno(Errno.EISDIR, () -> in.readSmallFile("d", 10));
            assertErrno(Errno.EFBIG, () -> in.readSmallFile("huge", 1 << 20));
            assertErrno(Errno.ENOTDIR, () -> in.openDirectory("huge"));
        }
    }

    @Test
    void magicLinksAreRefused() {
        try (InRoot in = InRoot.open(Path.of("/"))) {
            assertErrno(Errno.ELOOP, () -> in.status("/proc/self/root/etc"));
            assertErrno(Errno.ELOOP, () -> in.status("/proc/self/cwd"));
        }
    }

    @Test
    void rootOfProcessHasItsMounts() throws Exception {
        String script = "mount -t tmpfs x " + scratch + " && echo hi > " + scratch + "/f && echo ready && read x";
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", script).start();
        try (BufferedReader reader = process.inputReader();
                var input = process.getOutputStream()) {
            assertThat(reader.readLine()).isEqualTo("ready");
            try (InRoot in = InRoot.ofProcess((int) process.pid())) {
                assertThat(in.readSmallFile(scratch + "/f", 10)).asString().isEqualTo("hi\n");
            }
            assertThat(scratch.resolve("f")).doesNotExist();
            input.write('\n');
        }
        process.waitFor();
        assertErrno(Errno.ENOENT, () -> InRoot.ofProcess((int) process.pid()));
    }
}
