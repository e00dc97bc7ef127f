package cairn.engine.container;

import cairn.wire.container.Health;
import cairn.wire.container.HealthcheckResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a container's health when a run begins or a probe has ended: moby's rules. */
final class Healths {
    static final String STARTING = "starting";
    static final String HEALTHY = "healthy";
    static final String UNHEALTHY = "unhealthy";

    /** So many results are kept. */
    static final int RESULTS = 5;

    private Healths() {}

    static Health begin(@Nullable Health before) {
        return new Health(STARTING, 0, before == null ? List.of() : before.log());
    }

    /** @param early whether the probe began within the start period */
    static Health after(Health before, HealthcheckResult result, boolean early, int retries) {
        List<HealthcheckResult> log = new ArrayList<>(before.log());
        log.add(result);
        if (log.size() > RESULTS) {
            log.removeFirst();
        }
        if (result.exitCode() == 0) {
            return new Health(HEALTHY, 0, log);
        }
        if (before.status().equals(STARTING) && early) {
            return new Health(STARTING, before.failingStreak(), log);
        }
        int streak = before.failingStreak() + 1;
        return new Health(streak >= retries ? UNHEALTHY : before.status(), streak, log);
    }
}
