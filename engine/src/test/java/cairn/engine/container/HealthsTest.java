package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.wire.container.Health;
import cairn.wire.container.HealthcheckResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HealthsTest {
    private static HealthcheckResult result(int code) {
        return new HealthcheckResult("", "", code, "");
    }

    private static Health after(Health health, int code) {
        return Healths.after(health, result(code), false, 2);
    }

    @Test
    void failuresInARowMakeIllAndOneSuccessMakesWell() {
        Health health = Healths.begin(null);
        assertThat(health).isEqualTo(new Health("starting", 0, List.of()));
        health = after(health, 1);
        assertThat(health.status() + health.failingStreak()).isEqualTo("starting1");
        health = after(health, 137);
        assertThat(health.status() + health.failingStreak()).isEqualTo("unhealthy2");
        health = after(health, 0);
        assertThat(health.status() + health.failingStreak()).isEqualTo("healthy0");
        health = after(health, -1);
        assertThat(health.status() + health.failingStreak()).isEqualTo("healthy1");
    }

    @Test
    void failuresOfTheStartPeriodDoNotCountUntilItWasWellOnce() {
        Health starting = Healths.after(Healths.begin(null), result(1), true, 1);
        assertThat(starting.status() + starting.failingStreak()).isEqualTo("starting0");
        Health well = Healths.after(starting, result(0), true, 1);
        assertThat(Healths.after(well, result(1), true, 1).status()).isEqualTo("unhealthy");
    }

    @Test
    void theLastFiveResultsAreKept() {
        Health health = Healths.begin(null);
        for (int code = 1; code <= 8; code++) {
            health = after(health, code);
        }
        assertThat(health.log()).extracting(HealthcheckResult::exitCode).containsExactly(4, 5, 6, 7, 8);
        assertThat(Healths.begin(health).log()).hasSize(5);
    }

    @Test
    void pausesFollowTheStartPeriod() {
        HealthRule rule = new HealthRule(
                List.of("x"),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                3);
        assertThat(rule.pause(Duration.ofSeconds(9), true)).isEqualTo(Duration.ofSeconds(1));
        assertThat(rule.pause(Duration.ofSeconds(10), true)).isEqualTo(Duration.ofSeconds(30));
        assertThat(rule.pause(Duration.ofSeconds(1), false)).isEqualTo(Duration.ofSeconds(30));
    }
}
