package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathInContainerTest {
    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, b, false",
        "a/b, /a/b, b, false",
        "/a/b/, /a/b/, b, true",
        "/a/b/., /a/b/., ., true",
        "/a/../../b, /b, b, false",
        "//a//b, /a/b, b, false",
        "/, /, /, true",
        "/., /., ., true",
        "., /., ., true",
        "/a/.., /, /, true",
    })
    void isCleanedByItsTextAlone(String text, String clean, String base, boolean directory) {
        PathInContainer path = PathInContainer.parse(text);
        assertThat(path.text()).isEqualTo(clean);
        assertThat(path.base()).isEqualTo(base);
        assertThat(path.wantsDirectory()).isEqualTo(directory);
    }
}
