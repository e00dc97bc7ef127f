package cairn.engine.container;

import static org.assertj.core.api.Assertions.assertThat;

import cairn.engine.container.RestartRule.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RestartRuleTest {
    @Test
    void whoWantsAnotherRun() {
        Restarts stopped = new Restarts(0, true);
        assertThat(new RestartRule(When.NEVER, 0).wants(1, Restarts.NONE)).isFalse();
        assertThat(new RestartRule(When.ALWAYS, 0).wants(0, Restarts.NONE)).isTrue();
        assertThat(new RestartRule(When.ALWAYS, 0).wants(0, stopped))
                .as("at the daemon's start")
                .isTrue();
        assertThat(new RestartRule(When.UNLESS_STOPPED, 0).wants(0, Restarts.NONE))
                .isTrue();
        assertThat(new RestartRule(When.UNLESS_STOPPED, 0).wants(1, stopped)).isFalse();
        assertThat(new RestartRule(When.ON_FAILURE, 0).wants(0, Restarts.NONE)).isFalse();
        assertThat(new RestartRule(When.ON_FAILURE, 0).wants(255, new Restarts(1000, false)))
                .isTrue();
        assertThat(new RestartRule(When.ON_FAILURE, 2).wants(1, new Restarts(1, false)))
                .isTrue();
        assertThat(new RestartRule(When.ON_FAILURE, 2).wants(1, new Restarts(2, false)))
                .isFalse();
    }

    @Test
    void pausesDoubleToAMinuteAndBeginAnewAfterAGoodRun() {
        List<Long> pauses = new ArrayList<>();
        @Nullable Duration pause = null;
        for (int i = 0; i < 12; i++) {
            pause = BackOff.next(pause, Duration.ofSeconds(9));
            pauses.add(pause.toMillis());
        }
        assertThat(pauses)
                .containsExactly(
                        100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 25_600L, 51_200L, 60_000L, 60_000L);
        assertThat(BackOff.next(pause, Duration.ofSeconds(10))).isEqualTo(Duration.ofMillis(100));
    }
}
