package cairn.oci;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the health of a container is asked for. Durations are zero where the engine's default holds.
 *
 * @param test {@code NONE}, {@code CMD} or {@code CMD-SHELL} first, then arguments; null or empty inherits
 * @param retries zero means the engine's default
 */
public record Healthcheck(
        @Nullable List<String> test,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    public Healthcheck {
        test = test == null ? null : List.copyOf(test);
    }
}
