package cairn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines that dockerd 20.10 has sent. */
final class ProgressBarTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "36445, 1007335, \"[=>                                                 ]  36.45kB/1.007MB\"",
                "1007335, 1007335, \"[==================================================>]  1.007MB/1.007MB\"",
                "302080, 28482296, \"[>                                                  ]  302.1kB/28.48MB\"",
                "11501568, 28482296, \"[====================>                              ]   11.5MB/28.48MB\"",
                "32768, 52870, \"[==============================>                    ]  32.77kB/52.87kB\"",
                "3072, 1536, \"[==================================================>]  3.072kB\"",
                "65536, 0, \" 65.54kB\"",
                "0, 0, \"\""
            })
    void isDrawnAsDockerDrawsIt(long current, long total, String text) {
        assertThat(ProgressBar.text(current, total)).isEqualTo(text);
    }
}
