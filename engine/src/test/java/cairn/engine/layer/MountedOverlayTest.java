package cairn.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedOverlayTest {
    /** As Linux 6.18 shows a mount with {@code lowerdir=/u/B:/u/a\:b\,c d}. */
    private static final String LINE =
            "overlay /u/C\\040D overlay rw,relatime,lowerdir=/u/B:/u/a\\134:b\\134\\054c\\040d,"
                    + "upperdir=/u/A,workdir=/u/w,uuid=on 0 0";

    @Test
    void namesComeBackAsTheyAreOnDisk() {
        MountedOverlay overlay = MountedOverlay.parse(LINE);
        assertThat(overlay.mountPoint()).isEqualTo("/u/C D");
        assertThat(overlay.lowers()).containsExactly("/u/B", "/u/a:b,c d");
        assertThat(overlay.upper()).isEqualTo("/u/A");
        assertThat(overlay.work()).isEqualTo("/u/w");
        assertThat(overlay.options()).containsExactly("rw", "relatime", "uuid=on");
        assertThat(overlay.line()).isEqualTo(LINE);
    }

    @Test
    void theTopmostMountAtAPlaceCounts(@TempDir Path directory) throws IOException {
        Path table = directory.resolve("mounts");
        Files.writeString(table, "proc /proc proc rw 0 0\n" + LINE + "\n");
        assertThat(MountedOverlay.at(table, "/u/C D")).isNotNull();
        assertThat(MountedOverlay.at(table, "/u/C")).isNull();
        assertThat(MountedOverlay.read(table)).hasSize(1);
        Files.writeString(table, LINE + "\ntmpfs /u/C\\040D tmpfs rw 0 0\n");
        assertThat(MountedOverlay.at(table, "/u/C D")).isNull();
    }
}
