package cairn.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTableTest {
    @Test
    void lineIsTakenApart() {
        String line = "36 35 98:0 /mnt1 /mnt2 rw,noatime shared:1 master:2 - ext3 /dev/root rw,errors=continue\n";
        assertThat(MountTable.parse(line))
                .containsExactly(new MountEntry(
                        36,
                        35,
                        "98:0",
                        "/mnt1",
                        "/mnt2",
                        "rw,noatime",
                        List.of("shared:1", "master:2"),
                        "ext3",
                        "/dev/root",
                        "rw,errors=continue"));
    }

    @Test
    void escapesAreDecodedAndNothingElse() {
        String line = "1 0 0:5 / /a\\040b\\134011\\011\\012 rw - tmpfs  rw,x=\\08\\1";
        MountEntry entry = MountTable.parse(line).getFirst();
        assertThat(entry.mountPoint()).isEqualTo("/a b\\011\t\n");
        assertThat(entry.source()).isEmpty();
        assertThat(entry.superOptions()).isEqualTo("rw,x=\\08\\1");
    }

    @Test
    void brokenLineIsRefused() {
        assertThatThrownBy(() -> MountTable.parse("36 35 98:0 /mnt1 /mnt2 rw"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noSuchProcess() {
        assertThatThrownBy(() -> MountTable.read(Integer.MAX_VALUE))
                .isInstanceOfSatisfying(
                        LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ESRCH));
    }

    @Test
    void mountsComeAndGo(@TempDir Path scratch) {
        List<MountEntry> host = MountTable.read();
        String target = scratch.resolve("a b").toString();
        OwnNamespaces.run(OwnNamespaces.MOUNT, () -> {
            Files.createDirectories(Path.of(target, "inner"));
            Mounts.mount("one", target, "tmpfs", Mounts.MS_NOSUID, "size=64k");
            Files.createDirectory(Path.of(target, "inner"));
            Mounts.bind("/proc", target + "/inner", false);
            Mounts.mount("two", target, "tmpfs", 0, null);

            List<MountEntry> table = MountTable.read();
            assertThat(MountTable.at(table, target))
                    .extracting(MountEntry::source, MountEntry::type)
                    .containsExactly("two", "tmpfs");
            assertThat(MountTable.holding(table, target + "/x/y"))
                    .extracting(MountEntry::source)
                    .isEqualTo("two");
            assertThat(MountTable.below(table, target))
                    .extracting(MountEntry::mountPoint)
                    .containsExactly(target, target + "/inner", target);
            for (MountEntry entry : MountTable.below(table, target)) {
                Mounts.unmount(entry.mountPoint(), Mounts.UMOUNT_NOFOLLOW);
            }
            assertThat(MountTable.below(MountTable.read(), target)).isEmpty();
        });
        assertThat(MountTable.read()).isEqualTo(host);
    }

    @Test
    void failedMountSaysWhereAndWhy() {
        assertThatThrownBy(() -> Mounts.mount("none", "/nowhere/at/all", "tmpfs", 0, null))
                .hasMessage("mount /nowhere/at/all: No such file or directory");
        assertThatThrownBy(() -> Mounts.mount("none", "/nowhere", "overlay", 0, "lowerdir=" + "x".repeat(4087)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4095");
    }
}
