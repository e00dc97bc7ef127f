package cairn.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.Sizes;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShowTest {
    @ParameterizedTest
    @CsvSource({
        "0,0B",
        "1,1B",
        "999,999B",
        "1000,1kB",
        "1234,1.23kB",
        "12345,12.3kB",
        "123456,123kB",
        "4261574,4.26MB",
        "142000000,142MB",
        "999949,1MB",
        "999499,999kB",
        "1000000000,1GB",
        "1500000000000,1.5TB"
    })
    void sizesHaveThreeDigits(long bytes, String expected) {
        assertThat(Sizes.decimal(bytes)).isEqualTo(expected);
    }

    @Test
    void memoryIsInPowersOf1024WithFourDigits() {
        assertThat(Sizes.binary(4_100_000_000L)).isEqualTo("3.818GiB");
        assertThat(Sizes.binary(1 << 20)).isEqualTo("1MiB");
        assertThat(Sizes.precise(4_261_574)).isEqualTo("4.262MB");
    }

    @ParameterizedTest
    @CsvSource({
        "0,Less than a second",
        "1,1 second",
        "2,2 seconds",
        "59,59 seconds",
        "60,About a minute",
        "119,About a minute",
        "120,2 minutes",
        "3599,59 minutes",
        "3600,About an hour",
        "5399,About an hour",
        "5400,2 hours",
        "171000,2 days",
        "170999,47 hours",
        "172800,2 days",
        "1205999,13 days",
        "1209600,2 weeks",
        "5184000,2 months",
        "63072000,2 years",
        "95000000,3 years"
    })
    void agesAreSaidAsDockerSaysThem(long seconds, String expected) {
        assertThat(Ages.span(seconds)).isEqualTo(expected);
    }

    @Test
    void columnsAreAsWideAsTheirWidestCellAndAtLeastTen() {
        Table table = Table.ofColumns();
        table.add("A\tB\tC\nlonger than ten\tb\tc\n");
        assertThat(table.layout()).isEqualTo("A                 B         C\nlonger than ten   b         c\n");
    }

    @Test
    void aLineWithoutTheCellEndsAColumn() {
        Table table = new Table(1, 1);
        table.add("long cell\tx\nno cells\na\ty\n");
        assertThat(table.layout()).isEqualTo("long cell x\nno cells\na y\n");
    }

    @Test
    void widthIsCountedInCharactersNotInBytes() {
        Table table = new Table(1, 1);
        table.add("é…\tx\nab\ty\n");
        assertThat(table.layout()).isEqualTo("é… x\nab y\n");
    }

    @Test
    void sinceTakesSpansMomentsAndSeconds() {
        Instant now = Instant.ofEpochSecond(1_700_000_000);
        assertThat(Times.since("10m", now)).isEqualTo("1699999400.000000000");
        assertThat(Times.since("1699999400.5", now)).isEqualTo("1699999400.500000000");
        assertThat(Times.since("2023-11-14T22:13:20Z", now)).isEqualTo("1700000000.000000000");
        assertThat(Times.since("", now)).isEmpty();
    }

    @Test
    void idsAndTextsAreShortened() {
        assertThat(Shorten.id("sha256:0123456789abcdef")).isEqualTo("0123456789ab");
        assertThat(Shorten.id("abc")).isEqualTo("abc");
        assertThat(Shorten.ellipsis("0123456789", 10)).isEqualTo("0123456789");
        assertThat(Shorten.ellipsis("0123456789x", 10)).isEqualTo("012345678…");
    }
}
