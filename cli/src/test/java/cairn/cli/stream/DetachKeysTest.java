package cairn.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.cli.args.UsageException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
    private static String passed(DetachKeys keys, String typed) {
        byte[] bytes = typed.getBytes(StandardCharsets.ISO_8859_1);
        byte[] passed = keys.filter(bytes, bytes.length);
        return passed == null ? null : new String(passed, StandardCharsets.ISO_8859_1);
    }

    @Test
    void theWholeSequenceDetachesHoweverItIsCut() {
        DetachKeys keys = DetachKeys.parse("");
        assertThat(passed(keys, "ls\r")).isEqualTo("ls\r");
        assertThat(passed(keys, "a\020")).isEqualTo("a");
        assertThat(passed(keys, "\021")).isNull();
        assertThat(passed(DetachKeys.parse("ctrl-a,x"), "b\001xc")).isNull();
    }

    @Test
    void aSequenceThatBreaksOffIsPassedOn() {
        DetachKeys keys = DetachKeys.parse("");
        assertThat(passed(keys, "\020")).isEmpty();
        assertThat(passed(keys, "x")).isEqualTo("\020x");
        assertThat(passed(keys, "\020\020")).isEqualTo("\020");
        assertThat(passed(keys, "\021")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a,b", "ctrl-@", "ctrl-a,z", "ctrl-[", "ctrl-_,ctrl-^"})
    void keysAreLettersOrControls(String text) {
        assertThat(DetachKeys.parse(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ctrl-", "ctrl-foo", "ab", "a,,b", "ctrl-A"})
    void otherKeysAreRefused(String text) {
        assertThatThrownBy(() -> DetachKeys.parse(text))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("invalid detach keys");
    }
}
