package cairn.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
    private static final Instant NOW = Instant.parse("2025-03-04T05:06:07Z");

    @ParameterizedTest
    @CsvSource({
        "1136073845, 2006-01-01T00:04:05Z",
        "1136073845.000000001, 2006-01-01T00:04:05.000000001Z",
        "1136073845.5, 2006-01-01T00:04:05.500Z",
        "0, 1970-01-01T00:00:00Z",
        "2006-01-02T15:04:05Z, 2006-01-02T15:04:05Z",
        "2006-01-02T15:04:05.123456789+02:00, 2006-01-02T13:04:05.123456789Z",
        "2006-01-02T15:04:05, 2006-01-02T14:04:05Z",
        "2006-01-02T15:04, 2006-01-02T14:04:00Z",
        "2006-01-02T15, 2006-01-02T14:00:00Z",
        "2006-01-02, 2006-01-01T23:00:00Z",
        "10m, 2025-03-04T04:56:07Z",
        "1h30m, 2025-03-04T03:36:07Z",
        "1.5s, 2025-03-04T05:06:05.500Z",
        "-1m, 2025-03-04T05:07:07Z"
    })
    void readsEveryFormOfATime(String text, Instant expected) {
        assertThat(Timestamps.parse(text, NOW, ZoneOffset.ofHours(1))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "10", "10x", "2006-13-01", "1h-3m", "1e5", "m", "99999999999999h"})
    void tenIsATimeAndTheRestIsRefused(String text) {
        if (text.equals("10")) {
            assertThat(Timestamps.parse(text, NOW, ZoneOffset.UTC)).isEqualTo(Instant.ofEpochSecond(10));
        } else {
            assertThatThrownBy(() -> Timestamps.parse(text, NOW, ZoneOffset.UTC))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(text);
        }
    }

    @Test
    void absentTimesAreNull() {
        assertThat(Timestamps.parse("", NOW, ZoneOffset.UTC)).isNull();
        assertThat(Timestamps.parse(null, NOW, ZoneOffset.UTC)).isNull();
    }

    @Test
    void durationsAreGos() {
        assertThat(Timestamps.duration("0")).isZero();
        assertThat(Timestamps.duration("100ms")).isEqualTo(Duration.ofMillis(100));
        assertThat(Timestamps.duration("2us3ns")).isEqualTo(Duration.ofNanos(2003));
        assertThat(Timestamps.duration(".5h")).isEqualTo(Duration.ofMinutes(30));
        assertThat(Timestamps.duration("5")).isNull();
        assertThat(Timestamps.duration("")).isNull();
    }

    @Test
    void writesAsManyDigitsAsNeededOrAlwaysNine() {
        assertThat(Timestamps.format(null)).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(Timestamps.format(NOW)).isEqualTo("2025-03-04T05:06:07Z");
        assertThat(Timestamps.format(NOW.plusNanos(120_000_000))).isEqualTo("2025-03-04T05:06:07.12Z");
        assertThat(Timestamps.format(NOW.plusNanos(1))).isEqualTo("2025-03-04T05:06:07.000000001Z");
        assertThat(Timestamps.fixed(NOW)).isEqualTo("2025-03-04T05:06:07.000000000Z");
    }
}
