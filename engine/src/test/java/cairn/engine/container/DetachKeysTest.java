package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
    @Test
    void keysAndTheirBytes() {
        assertThat(DetachKeys.of("", "detach").bytes()).containsExactly(16, 17);
        assertThat(DetachKeys.of("ctrl-@,a,ctrl-[,ctrl-\\,ctrl-_,DEL,X", "detach")
                        .bytes())
                .containsExactly(0, 'a', 27, 28, 31, 127, 'X');
    }

    @Test
    void inspectHasTheBytesOfThoseThatWereAskedFor() {
        assertThat(DetachKeys.of("", "escape").encoded()).isEmpty();
        assertThat(DetachKeys.of("ctrl-p,ctrl-q", "escape").encoded()).isEqualTo("EBE=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bogus-x", "ctrl-x,", "ctrl-5", "CTRL-P", "ctrl-P", ",", "ctrl-", "ctrl-ab"})
    void whatIsNone(String text) {
        assertThatThrownBy(() -> DetachKeys.of(text, "detach"))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem())
                                .isEqualTo(
                                        new Problem.InvalidParameter("Invalid detach keys (" + text + ") provided")));
    }
}
