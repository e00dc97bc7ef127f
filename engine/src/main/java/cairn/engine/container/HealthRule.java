package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a container is asked whether it is well; all defaults filled in.
 *
 * @param command with the shell, where there is one
 */
record HealthRule(
        List<String> command,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    /** Null when there is nothing to ask. */
    static @Nullable HealthRule of(ContainerConfig config) {
        HealthConfig asked = config.healthcheck();
        List<String> test = asked == null ? null : asked.test();
        if (asked == null || test == null || test.size() < 2) {
            return null;
        }
        List<String> command = new ArrayList<>();
        switch (test.getFirst()) {
            case "CMD" -> {}
            case "CMD-SHELL" ->
                command.addAll(
                        config.shell() == null || config.shell().isEmpty() ? List.of("/bin/sh", "-c") : config.shell());
            default -> {
                return null; // NONE; Docker, too, takes unknown words for it.
            }
        }
        command.addAll(test.subList(1, test.size()));
        return new HealthRule(
                List.copyOf(command),
                orElse(asked.interval(), 30 * SECOND),
                orElse(asked.timeout(), 30 * SECOND),
                orElse(asked.startPeriod(), 0),
                orElse(asked.startInterval(), 5 * SECOND),
                asked.retries() <= 0 ? 3 : asked.retries());
    }

    private static Duration orElse(long nanos, long usual) {
        return Duration.ofNanos(nanos == 0 ? usual : nanos);
    }

    /** @throws cairn.engine.error.EngineException InvalidParameter, in Docker's words */
    static void check(@Nullable HealthConfig asked) {
        if (asked == null) {
            return;
        }
        checkTime("Interval", asked.interval());
        checkTime("Timeout", asked.timeout());
        if (asked.retries() < 0) {
            throw new Problem.InvalidParameter("Retries in Healthcheck cannot be negative").exception();
        }
        checkTime("StartPeriod", asked.startPeriod());
        checkTime("StartInterval", asked.startInterval());
    }

    private static void checkTime(String name, long nanos) {
        if (nanos != 0 && nanos < MILLISECOND) {
            throw new Problem.InvalidParameter(name + " in Healthcheck cannot be less than 1ms").exception();
        }
    }

    /** Until the next probe, from the end of the last. @param age since the start of the run */
    Duration pause(Duration age, boolean starting) {
        return starting && age.compareTo(startPeriod) < 0 ? startInterval : interval;
    }
}
