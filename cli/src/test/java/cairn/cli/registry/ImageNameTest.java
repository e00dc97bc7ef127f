package cairn.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.CliException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageNameTest {
    @ParameterizedTest
    @CsvSource({
        "busybox,docker.io/library/busybox:latest,busybox:latest",
        "docker.io/busybox:1,docker.io/library/busybox:1,busybox:1",
        "library/busybox,docker.io/library/busybox:latest,busybox:latest",
        "team/app,docker.io/team/app:latest,team/app:latest",
        "localhost/app:v1,localhost/app:v1,localhost/app:v1",
        "r.example:5000/a/b/c,r.example:5000/a/b/c:latest,r.example:5000/a/b/c:latest",
        "library/a/b,docker.io/library/a/b:latest,library/a/b:latest",
    })
    void isKnownInFullAndAsPeopleWriteIt(String name, String full, String familiar) {
        ImageName read = ImageName.parse(name).tagged();
        assertThat(read.full()).isEqualTo(full);
        assertThat(read.familiar()).isEqualTo(familiar);
    }

    @Test
    void tagAndDigestMayStandTogetherAndTheDigestCounts() {
        String digest = "sha256:" + "ab".repeat(32);
        ImageName name = ImageName.parse("a:1@" + digest);
        assertThat(name.version()).isEqualTo(digest);
        assertThat(name.bare()).isFalse();
        assertThat(name.familiar()).isEqualTo("a:1@" + digest);
    }

    @Test
    void aVeryLongNameIsRefusedWithoutDelay() {
        assertThatThrownBy(() -> ImageName.parse("a".repeat(256))).isInstanceOf(CliException.class);
        assertThatThrownBy(() -> ImageName.parse("a-".repeat(50_000) + "/")).isInstanceOf(CliException.class);
    }
}
