package cairn.engine.container;

import cairn.oci.Healthcheck;
import cairn.oci.RunConfig;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.HealthConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Container configs as image configs, for a commit. */
final class RunConfigs {
    private RunConfigs() {}

    static RunConfig of(ContainerConfig config) {
        return new RunConfig(
                config.user(),
                keys(config.exposedPorts()),
                config.env(),
                config.entrypoint(),
                config.cmd(),
                keys(config.volumes()),
                config.workingDir(),
                config.labels(),
                config.stopSignal().isEmpty() ? null : config.stopSignal(),
                config.shell(),
                config.healthcheck() == null ? null : healthcheck(config.healthcheck()),
                config.argsEscaped(),
                config.onBuild());
    }

    private static @Nullable Set<String> keys(@Nullable Map<String, Object> map) {
        return map == null ? null : map.keySet();
    }

    private static Healthcheck healthcheck(HealthConfig check) {
        return new Healthcheck(
                check.test(),
                Duration.ofNanos(check.interval()),
                Duration.ofNanos(check.timeout()),
                Duration.ofNanos(check.startPeriod()),
                Duration.ofNanos(check.startInterval()),
                check.retries());
    }

    /** Fills what {@code asked} leaves open from the container's config: moby's rules for commit and for a container of an image. */
    static RunConfig merge(RunConfig asked, RunConfig container) {
        boolean noEntrypoint = asked.entrypoint() == null || asked.entrypoint().isEmpty();
        boolean noCommand = asked.cmd() == null || asked.cmd().isEmpty();
        return new RunConfig(
                asked.user().isEmpty() ? container.user() : asked.user(),
                union(asked.exposedPorts(), container.exposedPorts()),
                environment(asked.env(), container.env()),
                asked.entrypoint() == null ? container.entrypoint() : asked.entrypoint(),
                noEntrypoint && noCommand ? container.cmd() : asked.cmd(),
                union(asked.volumes(), container.volumes()),
                asked.workingDir().isEmpty() ? container.workingDir() : asked.workingDir(),
                labels(asked.labels(), container.labels()),
                asked.stopSignal() == null ? container.stopSignal() : asked.stopSignal(),
                asked.shell(),
                healthcheck(asked.healthcheck(), container.healthcheck()),
                noEntrypoint && noCommand ? container.argsEscaped() : asked.argsEscaped(),
                asked.onBuild());
    }

    private static @Nullable Set<String> union(@Nullable Set<String> asked, @Nullable Set<String> container) {
        if (asked == null || asked.isEmpty() || container == null) {
            return asked == null || asked.isEmpty() ? container : asked;
        }
        Set<String> union = new LinkedHashSet<>(asked);
        union.addAll(container);
        return union;
    }

    private static @Nullable List<String> environment(@Nullable List<String> asked, @Nullable List<String> container) {
        if (asked == null || asked.isEmpty() || container == null) {
            return asked == null || asked.isEmpty() ? container : asked;
        }
        List<String> environment = new ArrayList<>(asked);
        for (String variable : container) {
            if (!NewContainer.mentions(environment, NewContainer.name(variable))) {
                environment.add(variable);
            }
        }
        return environment;
    }

    private static Map<String, String> labels(
            @Nullable Map<String, String> asked, @Nullable Map<String, String> container) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (container != null) {
            labels.putAll(container);
        }
        if (asked != null) {
            labels.putAll(asked);
        }
        return labels;
    }

    private static @Nullable Healthcheck healthcheck(@Nullable Healthcheck asked, @Nullable Healthcheck container) {
        if (asked == null || container == null) {
            return asked == null ? container : asked;
        }
        return new Healthcheck(
                asked.test() == null || asked.test().isEmpty() ? container.test() : asked.test(),
                asked.interval().isZero() ? container.interval() : asked.interval(),
                asked.timeout().isZero() ? container.timeout() : asked.timeout(),
                asked.startPeriod().isZero() ? container.startPeriod() : asked.startPeriod(),
                asked.startInterval().isZero() ? container.startInterval() : asked.startInterval(),
                asked.retries() == 0 ? container.retries() : asked.retries());
    }
}
