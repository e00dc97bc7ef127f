package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cairn.engine.error.EngineException;
import cairn.engine.error.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {
    @ParameterizedTest
    @CsvSource({
        "9, 9",
        "64, 64",
        "31, 31",
        "KILL, 9",
        "sigkill, 9",
        "SIGHUP, 1",
        "CLD, 17",
        "poll, 29",
        "RTMIN, 34",
        "SIGRTMIN+15, 49",
        "rtmax-14, 50",
        "RTMAX, 64",
    })
    void namesAndNumbers(String text, int number) {
        assertThat(Signals.parse(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "SIG9",
                "UNUSED",
                "FOO",
                " 9",
                "RTMIN+",
                "RTMIN+0",
                "RTMIN+16",
                "RTMIN-1",
                "RTMIN++3",
                "RTMAX-15"
            })
    void whatIsNone(String text) {
        assertThatThrownBy(() -> Signals.parse(text))
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.problem())
                                .isEqualTo(new Problem.InvalidParameter("invalid signal: " + text)));
    }

    @Test
    void theTwoOfTheLibraryAreNobodys() {
        for (int number : new int[] {-1, 32, 33, 65}) {
            assertThatThrownBy(() -> Signals.parse(Integer.toString(number)))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.problem())
                                    .isEqualTo(new Problem.InvalidParameter(
                                            "the linux daemon does not support signal " + number)));
        }
    }
}
