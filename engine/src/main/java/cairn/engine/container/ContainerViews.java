package cairn.engine.container;

import cairn.engine.network.EndpointRecord;
import cairn.wire.GraphDriverData;
import cairn.wire.container.ContainerInspect;
import cairn.wire.container.ContainerState;
import cairn.wire.container.ContainerSummary;
import cairn.wire.container.ExitCause;
import cairn.wire.container.Health;
import cairn.wire.container.NetworkSettings;
import cairn.wire.container.SummaryHostConfig;
import cairn.wire.container.SummaryNetworks;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.EndpointSettingsBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A container's record in the shapes of the API. */
final class ContainerViews {
    private static final EndpointRecord NOT_ON_BRIDGE = EndpointRecord.without("", "");

    private ContainerViews() {}

    static ContainerInspect inspect(
            Container container, ContainerFiles files, GraphDriverData graphDriver, @Nullable List<String> execIds) {
        return new ContainerInspect(
                container.id(),
                container.created().toString(),
                container.path(),
                container.args(),
                state(container.state(), container.health(), container.cause()),
                container.image().toString(),
                container.startedBefore() ? files.resolvConf().toString() : "",
                container.startedBefore() ? files.hostname().toString() : "",
                container.startedBefore() ? files.hosts().toString() : "",
                container.startedBefore() ? logPath(container, files) : "",
                "/" + container.name(),
                container.restarts().count(),
                "overlay2",
                "linux",
                "",
                "",
                "",
                execIds,
                container.hostConfig(),
                graphDriver,
                null,
                null,
                container.mounts(),
                container.config(),
                networkSettings(container, false),
                null);
    }

    /** As with Docker, of json-file alone: what other drivers write is their own affair. */
    static String logPath(Container container, ContainerFiles files) {
        String driver = container.hostConfig().logConfig().type();
        return driver.isEmpty() || driver.equals(LogOptions.JSON_FILE)
                ? files.jsonLog().toString()
                : "";
    }

    private static ContainerState state(LifeState state, @Nullable Health health, @Nullable ExitCause cause) {
        String zero = ContainerRecords.ZERO_TIME;
        return switch (state) {
            case LifeState.Created created ->
                new ContainerState(
                        "created",
                        false,
                        false,
                        false,
                        false,
                        false,
                        0,
                        created.exitCode(),
                        created.error(),
                        zero,
                        zero,
                        health,
                        cause);
            case LifeState.Running running ->
                new ContainerState(
                        running.status(),
                        true,
                        running.paused(),
                        false,
                        false,
                        false,
                        running.pid(),
                        0,
                        "",
                        running.startedAt().toString(),
                        zero,
                        health,
                        cause);
            case LifeState.Restarting waiting ->
                new ContainerState(
                        "restarting",
                        true,
                        false,
                        true,
                        waiting.outOfMemory(),
                        false,
                        0,
                        waiting.exitCode(),
                        "",
                        waiting.startedAt().toString(),
                        waiting.finishedAt().toString(),
                        health,
                        cause);
            case LifeState.Dead dead ->
                new ContainerState(
                        "dead", false, false, false, false, true, 0, 0, dead.why(), zero, zero, health, cause);
            case LifeState.Exited exited ->
                new ContainerState(
                        "exited",
                        false,
                        false,
                        false,
                        exited.outOfMemory(),
                        false,
                        0,
                        exited.exitCode(),
                        exited.error(),
                        exited.startedAt().toString(),
                        exited.finishedAt().toString(),
                        health,
                        cause);
        };
    }

    /** @param record whether it is for the container's record, which tells what was asked for from what it got */
    @SuppressWarnings("NullAway") // The constructor of a record has lost that a value in its map may be null.
    static NetworkSettings networkSettings(Container container, boolean record) {
        EndpointRecord bridge = container.onBridge();
        EndpointRecord network = bridge == null ? NOT_ON_BRIDGE : bridge;
        LifeState.Running running = container.state() instanceof LifeState.Running now ? now : null;
        return new NetworkSettings(
                "",
                running == null ? "" : container.id(),
                running == null ? "" : "/proc/" + running.pid() + "/ns/net",
                PortBindings.bindings(container),
                false,
                "",
                0,
                null,
                null,
                network.endpointId(),
                network.gateway(),
                network.address6(),
                network.address6().isEmpty() ? 0 : network.prefix6(),
                network.address(),
                network.address().isEmpty() ? 0 : network.prefix(),
                network.gateway6(),
                network.macAddress(),
                networks(container, record));
    }

    private static Map<String, EndpointSettings> networks(Container container, boolean record) {
        Map<String, EndpointSettings> networks = new LinkedHashMap<>();
        for (Membership membership : container.networks()) {
            EndpointSettings view = membership.view(Memberships.names(container, membership));
            networks.put(
                    membership.network(),
                    record
                            ? EndpointSettingsBuilder.builder(view)
                                    .desiredMacAddress(membership.asked().macAddress())
                                    .build()
                            : view);
        }
        return networks;
    }

    static ContainerSummary summary(Container container, String image, Instant now) {
        return new ContainerSummary(
                container.id(),
                List.of("/" + container.name()),
                image,
                container.image().toString(),
                null,
                command(container),
                container.created().getEpochSecond(),
                PortBindings.rows(container),
                0,
                0,
                container.config().labels() == null
                        ? Map.of()
                        : container.config().labels(),
                container.state().status(),
                status(container.state(), container.health(), now),
                new SummaryHostConfig(container.hostConfig().networkMode(), null),
                new SummaryNetworks(networks(container, false)),
                container.mounts());
    }

    /** Path and arguments; an argument with a space is quoted, as Docker does. */
    private static String command(Container container) {
        StringBuilder command = new StringBuilder(container.path());
        for (String argument : container.args()) {
            command.append(' ');
            if (argument.indexOf(' ') >= 0) {
                command.append('\'').append(argument).append('\'');
            } else {
                command.append(argument);
            }
        }
        return command.toString();
    }

    static String status(LifeState state, @Nullable Health health, Instant now) {
        return switch (state) {
            case LifeState.Created ignored -> "Created";
            case LifeState.Running running ->
                "Up " + human(Duration.between(running.startedAt(), now))
                        + (running.paused() ? " (Paused)" : health(health));
            case LifeState.Restarting waiting ->
                "Restarting (" + waiting.exitCode() + ") " + human(Duration.between(waiting.finishedAt(), now))
                        + " ago";
            case LifeState.Dead ignored -> "Dead";
            case LifeState.Exited exited ->
                "Exited (" + exited.exitCode() + ") " + human(Duration.between(exited.finishedAt(), now)) + " ago";
        };
    }

    private static String health(@Nullable Health health) {
        if (health == null) {
            return "";
        }
        return health.status().equals(Healths.STARTING) ? " (health: starting)" : " (" + health.status() + ")";
    }

    /** The wording of Docker's status texts. */
    static String human(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        long minutes = duration.toMinutes();
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = Math.round(minutes / 60.0);
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        if (hours < 24 * 30 * 2) {
            return hours / 24 / 7 + " weeks";
        }
        if (hours < 24 * 365 * 2) {
            return hours / 24 / 30 + " months";
        }
        return hours / 24 / 365 + " years";
    }

    /** Attributes of a container's events: all labels, then image and name. */
    static Map<String, String> attributes(Container container) {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (container.config().labels() != null) {
            attributes.putAll(container.config().labels());
        }
        attributes.put("image", container.config().image());
        attributes.put("name", container.name());
        return attributes;
    }
}
