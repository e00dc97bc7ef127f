package cairn.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.linux.Mounts;
import org.junit.jupiter.api.Test;

final class LocalMountTest {
    private static LocalMount of(String type, String options) {
        return LocalMount.of(new LocalOptions(type, options, "/device", 0));
    }

    @Test
    void wordsBecomeFlagsAndTheRestData() {
        LocalMount mount = of("nfs", "addr=1.2.3.4,ro,vers=4,noatime,atime,nosuid,defaults");
        assertThat(mount.flags()).isEqualTo(Mounts.MS_RDONLY | Mounts.MS_NOSUID);
        assertThat(mount.data()).isEqualTo("addr=1.2.3.4,vers=4");
        assertThat(mount.propagation()).isZero();
    }

    @Test
    void laterWordsWin() {
        assertThat(of("ext4", "ro,rw").flags()).isZero();
        assertThat(of("ext4", "rw,ro").flags()).isEqualTo(Mounts.MS_RDONLY);
    }

    @Test
    void bindsAndPropagation() {
        LocalMount mount = of("none", "rbind,rslave");
        assertThat(mount.flags()).isEqualTo(Mounts.MS_BIND | Mounts.MS_REC);
        assertThat(mount.propagation()).isEqualTo(Mounts.MS_SLAVE | Mounts.MS_REC);
        assertThat(mount.data()).isEmpty();
    }
}
