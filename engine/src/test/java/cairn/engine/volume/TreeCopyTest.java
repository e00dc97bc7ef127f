package cairn.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.DirectoryHandle;
import cairn.linux.FileStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreeCopyTest {
    @TempDir
    Path work;

    @Test
    void everythingComesAlong() throws IOException {
        Path from = Files.createDirectories(work.resolve("from/deep/er"))
                .getParent()
                .getParent();
        Path to = Files.createDirectories(work.resolve("to"));
        Files.writeString(from.resolve("file"), "content");
        Files.createLink(from.resolve("deep/er/hard"), from.resolve("file"));
        Files.createSymbolicLink(from.resolve("deep/link"), Path.of("/nowhere/at/all"));
        try (RandomAccessFile holes = new RandomAccessFile(from.resolve("holes").toFile(), "rw")) {
            holes.seek(50 << 20);
            holes.write(1);
            holes.setLength(60 << 20);
        }
        try (DirectoryHandle top = DirectoryHandle.open(from);
                DirectoryHandle target = DirectoryHandle.open(to)) {
            top.mknod("pipe", FileStatus.S_IFIFO | 0640, 0, 0);
            top.mknod("null", FileStatus.S_IFCHR | 0604, 1, 3);
            top.chown("file", 7, 8);
            top.chmod("file", 06751);
            top.setxattr("file", "user.a", new byte[] {1, 2});
            top.setxattr("file", "trusted.overlay.opaque", new byte[] {'y'});
            top.utimes("file", 1_000_000_000, 5);
            top.chown(5, 6);
            top.chmod(02750);
            TreeCopy.copy(top, target);
            assertThat(facts(target)).isEqualTo(facts(top));
            assertThat(target.stat("file").links()).isEqualTo(2);
            assertThat(target.stat("holes").blocks()).isLessThan(100);
            assertThat(target.getxattrs("file")).containsKey("user.a").doesNotContainKey("trusted.overlay.opaque");
        }
        assertThat(Files.readString(to.resolve("deep/er/hard"))).isEqualTo("content");
        assertThat(Files.mismatch(from.resolve("holes"), to.resolve("holes"))).isEqualTo(-1);
    }

    /** Names with what stat tells of them, but for inode numbers and the times of their changes. */
    private static Map<String, String> facts(DirectoryHandle top) {
        Map<String, String> facts = new TreeMap<>();
        facts.put(".", fact(top.stat()));
        facts(top, "", facts);
        return facts;
    }

    private static void facts(DirectoryHandle directory, String path, Map<String, String> facts) {
        for (String name : directory.list()) {
            FileStatus status = directory.stat(name);
            facts.put(path + name, fact(status) + (status.isLink() ? directory.readlink(name) : ""));
            if (status.isDirectory()) {
                try (DirectoryHandle inner = directory.openIn(name)) {
                    facts(inner, path + name + "/", facts);
                }
            }
        }
    }

    private static String fact(FileStatus status) {
        return "%o %d:%d %d %d.%d %d:%d "
                .formatted(
                        status.mode(),
                        status.uid(),
                        status.gid(),
                        status.isDirectory() ? 0 : status.size(),
                        status.modifiedSeconds(),
                        status.modifiedNanos(),
                        status.rdevMajor(),
                        status.rdevMinor());
    }
}
