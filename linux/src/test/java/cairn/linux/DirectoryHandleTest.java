package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryHandleTest {
    @TempDir
    Path scratch;

    private DirectoryHandle directory;

    @BeforeEach
    void open() {
        directory = DirectoryHandle.open(scratch);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private static String stat(String format, Path path) {
        return Program.output("stat", "-c", format, path.toString());
    }

    @Test
    void aLockIsSharedOrHeldAloneUntilItsHolderCloses() {
        try (DirectoryHandle one = DirectoryHandle.open(scratch);
                DirectoryHandle two = DirectoryHandle.open(scratch)) {
            assertThat(one.tryLock(true)).isTrue();
            assertThat(two.tryLock(true)).isTrue();
            assertThat(directory.tryLock(false)).isFalse();
            one.close();
            two.close();
        }
        assertThat(directory.tryLock(false)).isTrue();
        try (DirectoryHandle late = DirectoryHandle.open(scratch)) {
            assertThat(late.tryLock(true)).isFalse();
        }
    }

    @Test
    void fileGetsEveryByteWhateverTheBuffer() throws IOException {
        byte[] content = new byte[300_001];
        new Random(7).nextBytes(content);
        try (FileHandle file = directory.createFile("heap", 0600)) {
            file.write(content, 0, content.length);
            assertThat(file.size()).isEqualTo(content.length);
        }
        try (FileHandle file = directory.createFile("buffer", 0600)) {
            ByteBuffer part = ByteBuffer.wrap(content, 1, 200_000);
            file.write(part);
            assertThat(part.remaining()).isZero();
        }
        try (FileHandle file = directory.createFile("native", 0600);
                Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(content.length).copyFrom(MemorySegment.ofArray(content));
            file.write(segment);
            file.write(segment.asByteBuffer().position(300_000));
            file.write(new byte[0], 0, 0);
        }
        assertThat(scratch.resolve("heap")).hasBinaryContent(content);
        assertThat(scratch.resolve("buffer")).hasBinaryContent(java.util.Arrays.copyOfRange(content, 1, 200_001));
        assertThat(Files.readAllBytes(scratch.resolve("native")))
                .startsWith(content)
                .hasSize(300_002)
                .endsWith(content[300_000]);
        try (FileInput input = directory.openFile("heap")) {
            assertThat(input.status().size()).isEqualTo(content.length);
            assertThat(input.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void fileHandleSetsWhatStatShows() {
        try (FileHandle file = directory.createFile("f", 0600)) {
            file.chown(0x7ffffffe, -2);
            file.chmod(06751);
            file.setxattr("user.a", new byte[] {0, 1, (byte) 0xff});
            file.truncate(1L << 33);
            file.utimes(-5, 250);
        }
        assertThat(stat("%u %g %a %s %.9Y %.9X", scratch.resolve("f")))
                .isEqualTo("2147483646 4294967294 6751 8589934592 -4.999999750 -4.999999750");
        FileStatus status = directory.stat("f");
        assertThat(status)
                .extracting(FileStatus::modifiedSeconds, FileStatus::modifiedNanos, FileStatus::uid, FileStatus::gid)
                .containsExactly(-5L, 250, 0x7ffffffe, -2);
        assertThat(status.permissions()).isEqualTo(06751);
        assertThat(directory.getxattrs("f")).containsOnlyKeys("user.a");
        assertThat(directory.getxattrs("f").get("user.a")).containsExactly(0, 1, 0xff);
    }

    @Test
    void statusAgreesWithStat() throws IOException {
        Files.writeString(scratch.resolve("f"), "hello");
        directory.link(directory, "f", "g");
        directory.mknod("null", FileStatus.S_IFCHR | 0640, 1, 3);
        directory.mknod("big", FileStatus.S_IFBLK | 0600, 0xabc, 0xfedcb);
        directory.mknod("fifo", FileStatus.S_IFIFO | 0600, 0, 0);
        directory.symlink("/nowhere", "s");
        directory.mkdir("d", 0755);
        for (String name : List.of("f", "null", "big", "fifo", "s", "d")) {
            FileStatus status = directory.stat(name);
            assertThat(String.format(
                            "%x %d %d %d %d %d %x %x %d.%09d %d",
                            status.mode(),
                            status.uid(),
                            status.gid(),
                            status.size(),
                            status.inode(),
                            status.links(),
                            status.rdevMajor(),
                            status.rdevMinor(),
                            status.modifiedSeconds(),
                            status.modifiedNanos(),
                            status.blocks()))
                    .isEqualTo(stat("%f %u %g %s %i %h %t %T %.9Y %b", scratch.resolve(name)));
        }
        assertThat(directory.stat("f").links()).isEqualTo(2);
        assertThat(directory.stat("missing")).isNull();
        assertErrno(Errno.EINVAL, () -> directory.mknod("x", FileStatus.S_IFCHR, 4096, 0));
        MountEntry mount = MountTable.holding(MountTable.read(), scratch.toString());
        assertThat(directory.stat().mountId()).isEqualTo(mount.id());
        assertThat(directory.stat().deviceMajor() + ":" + directory.stat().deviceMinor())
                .isEqualTo(mount.deviceNumber());
    }

    @Test
    void linksAreNeverFollowed() throws IOException {
        Path canary = Files.writeString(scratch.resolve("canary"), "safe");
        Program.output("chmod", "640", canary.toString());
        directory.mkdir("d", 0755);
        try (DirectoryHandle inside = directory.openIn("d")) {
            inside.symlink("../canary", "l");
            inside.symlink("..", "up");
            assertErrno(Errno.EEXIST, () -> inside.createFile("l", 0600));
            assertErrno(Errno.ELOOP, () -> inside.openFile("l"));
            assertErrno(Errno.ENOTDIR, () -> inside.openIn("up"));
            assertErrno(Errno.ENOTSUP, () -> inside.chmod("l", 0777));
            inside.chown("l", 7, 8);
            inside.utimes("l", 1, 2);
            inside.setxattr("l", "trusted.t", new byte[] {1});
            assertThat(inside.getxattrs("l")).containsOnlyKeys("trusted.t");
            assertThat(inside.readlink("l")).isEqualTo("../canary");
            assertThat(inside.stat("l").isLink()).isTrue();
            assertThat(stat("%u %g %Y", scratch.resolve("d/l"))).isEqualTo("7 8 1");
            inside.link(inside, "l", "l2");
            inside.unlink("l");
            inside.deleteTree("l2");
            inside.deleteTree("up");
            assertThat(inside.list()).isEmpty();
        }
        assertThat(stat("%u %g %a %h", canary)).isEqualTo("0 0 640 1");
        assertThat(directory.getxattrs("canary")).isEmpty();
        assertThat(canary).hasContent("safe");
    }

    @Test
    void pathsBeneathStayBeneath() throws IOException {
        Files.createDirectories(scratch.resolve("a/b/c"));
        Files.createSymbolicLink(scratch.resolve("a/link"), Path.of("b"));
        try (DirectoryHandle c = directory.openBeneath("a/b/c")) {
            c.mkdir("made", 0700);
        }
        assertThat(scratch.resolve("a/b/c/made")).isDirectory();
        try (DirectoryHandle a = directory.openBeneath("a")) {
            a.openBeneath("b/..").close();
            assertErrno(Errno.EXDEV, () -> a.openBeneath(".."));
            assertErrno(Errno.EXDEV, () -> a.openBeneath("b/../../a"));
            assertErrno(Errno.EXDEV, () -> a.openBeneath("/tmp"));
            assertErrno(Errno.ELOOP, () -> a.openBeneath("link"));
            assertErrno(Errno.ELOOP, () -> a.openBeneath("link/c"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "/", "a\0b"})
    void namesThatAreNotOneComponentAreRefused(String name) {
        assertThatThrownBy(() -> directory.mkdir(name, 0700)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.deleteTree(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.getxattrs(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> directory.rename("x", directory, name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oddNamesAreKept() {
        List<String> names = List.of(" ", "...", "a\nb", "\u00e4\u20ac\ud83d\ude00", "x".repeat(255));
        names.forEach(name -> directory.mkdir(name, 0700));
        assertThat(directory.list()).containsExactlyInAnyOrderElementsOf(names);
        assertThat(directory.stat("\u00e4\u20ac\ud83d\ude00")).isNotNull();
        assertErrno(Errno.ENAMETOOLONG, () -> directory.mkdir("x".repeat(256), 0700));
        assertErrno(Errno.ENAMETOOLONG, () -> directory.mkdir("x".repeat(100_000), 0700));
        assertThatThrownBy(() -> directory.mkdir("\ud800", 0700)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nameThatIsNotUtf8IsReportedButCanBeDeleted() {
        Program.output("sh", "-c", "mkdir -p " + scratch + "/t; touch \"$(printf '" + scratch + "/t/a\\377')\"");
        try (DirectoryHandle t = directory.openIn("t")) {
            assertThatThrownBy(t::list).hasMessageContaining("a\\xff").hasMessageContaining("/t");
        }
        directory.deleteTree("t");
        assertThat(directory.list()).isEmpty();
    }

    @Test
    void directoryItselfCanBeChanged() {
        directory.mkdir("d", 0700);
        try (DirectoryHandle d = directory.openIn("d")) {
            d.chown(5, 6);
            d.chmod(02751);
            d.setxattr("trusted.overlay.opaque", "y".getBytes(StandardCharsets.US_ASCII));
            d.utimes(77, 0);
            d.sync();
            d.syncFileSystem();
            assertThat(d.getxattrs()).containsOnlyKeys("trusted.overlay.opaque");
            assertThat(d.stat()).isEqualTo(directory.stat("d"));
        }
        assertThat(stat("%u %g %a %Y", scratch.resolve("d"))).isEqualTo("5 6 2751 77");
    }

    @Test
    void renameMovesBetweenDirectories() throws IOException {
        directory.mkdir("from", 0700);
        directory.mkdir("to", 0700);
        try (DirectoryHandle from = directory.openIn("from");
                DirectoryHandle to = directory.openIn("to")) {
            from.createFile("f", 0600).close();
            from.rename("f", to, "g");
            assertThat(to.list()).containsExactly("g");
            assertThat(from.list()).isEmpty();
            to.unlink("g");
        }
        directory.rmdir("from");
        assertErrno(Errno.ENOENT, () -> directory.rmdir("from"));
        assertErrno(Errno.EISDIR, () -> directory.unlink("to"));
    }

    @Test
    void treeIsDeletedHoweverWideAndDeep() throws IOException {
        Path canary = Files.writeString(scratch.resolve("canary"), "safe");
        directory.mkdir("t", 0700);
        try (DirectoryHandle wide = directory.openIn("t")) {
            for (int i = 0; i < 1000; i++) {
                wide.createFile("file-with-a-long-name-" + i, 0).close();
            }
            wide.symlink(scratch.toString(), "link");
            wide.mknod("fifo", FileStatus.S_IFIFO, 0, 0);
            wide.mkdir("deep-0", 0);
        }
        // Far deeper than descriptors may be open, and than a path may be long.
        DirectoryHandle at = directory.openBeneath("t/deep-0");
        for (int i = 0; i < 1000; i++) {
            at.mkdir("x", 0);
            if (i % 50 == 0) {
                at.createFile("y", 0).close();
            }
            DirectoryHandle next = at.openIn("x");
            at.close();
            at = next;
        }
        at.close();
        directory.deleteTree("t");
        directory.deleteTree("t");
        assertThat(directory.list()).containsExactly("canary");
        directory.deleteTree("canary");
        assertThat(canary).doesNotExist();
    }

    @Test
    void deletionStopsAtMounts() {
        OwnNamespaces.run(OwnNamespaces.MOUNT, () -> {
            Path source = Files.createDirectories(scratch.resolve("source"));
            Files.writeString(source.resolve("canary"), "safe");
            Path inner = Files.createDirectories(scratch.resolve("t/a/inner"));
            Path file = Files.writeString(scratch.resolve("t/file"), "");

            // A descriptor sees the mounts of the namespace that it was opened in.
            close();
            open();
            // The same file system, so that a comparison of device numbers would see nothing.
            Mounts.bind(source.toString(), inner.toString(), false);
            assertErrno(Errno.EXDEV, () -> directory.deleteTree("t"));
            assertThat(source.resolve("canary")).exists();
            Mounts.unmount(inner.toString(), 0);

            Files.writeString(file, "");
            Mounts.bind(source.resolve("canary").toString(), file.toString(), false);
            assertErrno(Errno.EBUSY, () -> directory.deleteTree("t"));
            Mounts.unmount(file.toString(), 0);
            directory.deleteTree("t");
            assertThat(source.resolve("canary")).hasContent("safe");
            assertThat(Files.exists(scratch.resolve("t"), LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
        });
    }

    @Test
    void nothingStaysOpen() throws IOException {
        long before;
        directory.createFile("f", 0600).close();
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            before = fds.count();
        }
        directory.openFile("f").close();
        directory.openBeneath(".").close();
        directory.mkdir("d", 0700);
        assertErrno(Errno.EISDIR, () -> directory.openFile("d"));
        directory.deleteTree("d");
        try (InRoot root = InRoot.open(scratch)) {
            root.readSmallFile("f", 10);
            root.status("f");
            root.list("/");
            assertErrno(Errno.EINVAL, () -> root.readlink("f"));
        }
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(fds.count()).isEqualTo(before);
        }
    }
}
