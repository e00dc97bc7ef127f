package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.CgroupTree;
import cairn.engine.launch.ContainerDefaults;
import cairn.linux.Kernel;
import cairn.oci.Healthcheck;
import cairn.oci.ImageId;
import cairn.oci.RunConfig;
import cairn.wire.container.ContainerConfig;
import cairn.wire.container.ContainerConfigBuilder;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.HealthConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.IdRange;
import cairn.wire.container.LogConfig;
import cairn.wire.container.RestartPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a checked record of a create request: merged with the image's config by Docker's rules, defaults filled in. */
final class NewContainer {
    private NewContainer() {}

    /** @param warnings what of the request is not done, in words for the client */
    record Made(Container container, List<String> warnings) {}

    /**
     * @param cgroups what they can do decides about some limits
     * @param others the container behind a reference
     * @param users takes ids for one with this configuration; null for the host's
     * @param networkNames the name of the network behind a reference, or the reference itself where there is none
     */
    static Made of(
            String id,
            String name,
            Instant now,
            CreateContainerRequest request,
            ImageId image,
            RunConfig inherited,
            CgroupTree cgroups,
            Function<String, Container> others,
            UnaryOperator<String> networkNames,
            Function<HostConfig, @Nullable IdRange> users) {
        HostConfig asked = request.hostConfig() == null ? emptyHostConfig() : request.hostConfig();
        HostChecks.check(request.config(), asked);
        ResourceChecks.Checked checked = ResourceChecks.of(asked, cgroups, false);
        HostConfig host = hostConfig(checked.host(), others);
        if (request.config().networkDisabled()) {
            host = HostConfigBuilder.builder(host).networkMode("none").build();
        }
        if (NetworkMode.of(host) instanceof NetworkMode.Named named
                && !Memberships.userDefined(networkNames.apply(named.name()))) {
            host = HostConfigBuilder.builder(host)
                    .networkMode(networkNames.apply(named.name()))
                    .build();
        }
        NetworkMode network = NetworkMode.of(host);
        ContainerConfig config = merge(request.config(), inherited);
        LogOptions.check(host.logConfig());
        if (NetworkMode.of(host) instanceof NetworkMode.Bridge) {
            host = HostConfigBuilder.builder(host)
                    .links(Links.recorded(host.links(), name, others))
                    .build();
        }
        RestartRule.of(host);
        HealthRule.check(config.healthcheck());
        ResourceLimits.rlimits(host);
        SecurityOptions.of(host);
        PortBindings.check(config, host);
        List<MountRequests.Requested> mounts = MountRequests.of(host, config, others);
        List<String> command = new ArrayList<>();
        if (config.entrypoint() != null) {
            command.addAll(config.entrypoint());
        }
        if (config.cmd() != null) {
            command.addAll(config.cmd());
        }
        if (command.isEmpty()) {
            throw new Problem.InvalidParameter("no command specified").exception();
        }
        checkWorkingDirectory(config.workingDir());
        String hostname = config.hostname();
        if (hostname.isEmpty()) {
            hostname = network instanceof NetworkMode.Host ? Kernel.hostname() : id.substring(0, 12);
        }
        config = ContainerConfigBuilder.builder(config).hostname(hostname).build();
        Container container = new Container(
                id,
                name,
                now,
                image,
                config,
                host,
                command.getFirst(),
                command.subList(1, command.size()),
                mounts.stream().map(MountRequests.Requested::point).toList(),
                mounts.stream()
                        .collect(
                                Collectors.toMap(mount -> mount.point().destination(), MountRequests.Requested::asked)),
                new LifeState.Created(0, ""),
                Memberships.of(host, config, request.networkingConfig(), networkNames),
                List.of(),
                false,
                Restarts.NONE,
                null,
                null,
                users.apply(host),
                null);
        List<String> warnings = new ArrayList<>(checked.warnings());
        warnings.addAll(PortBindings.warnings(host));
        return new Made(container, warnings);
    }

    private static void checkWorkingDirectory(String directory) {
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw new Problem.InvalidParameter(
                            "the working directory '" + directory + "' is invalid, it needs to be an absolute path")
                    .exception();
        }
    }

    static HostConfig emptyHostConfig() {
        return cairn.wire.Json.read(HostConfig.class, "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Docker's defaults, so that inspect shows what is in force. */
    private static HostConfig hostConfig(HostConfig asked, Function<String, Container> others) {
        HostConfigBuilder host = HostConfigBuilder.builder(asked)
                .pidMode(SharedNamespaces.withId(asked.pidMode(), others))
                .ipcMode(SharedNamespaces.withId(asked.ipcMode(), others))
                .networkMode(SharedNamespaces.withId(asked.networkMode(), others));
        if (asked.networkMode().isEmpty() || asked.networkMode().equals("default")) {
            host.networkMode("bridge");
        }
        if (asked.memory() > 0 && asked.memorySwap() == 0) {
            host.memorySwap(2 * asked.memory());
        }
        if (asked.pidsLimit() != null && asked.pidsLimit() <= 0) {
            host.pidsLimit(null);
        }
        if (asked.oomKillDisable() == null) {
            host.oomKillDisable(false);
        }
        if (asked.shmSize() == 0) {
            host.shmSize(ContainerDefaults.SHM_BYTES);
        }
        if (asked.ipcMode().isEmpty()) {
            host.ipcMode("private");
        }
        if (asked.cgroupnsMode().isEmpty()) {
            host.cgroupnsMode("private");
        }
        if (asked.logConfig().type().isEmpty()) {
            host.logConfig(new LogConfig(
                    "json-file",
                    asked.logConfig().config() == null
                            ? Map.of()
                            : asked.logConfig().config()));
        }
        if (asked.restartPolicy().name().isEmpty()) {
            host.restartPolicy(new RestartPolicy("no", 0));
        }
        if (asked.runtime().isEmpty()) {
            host.runtime("runc"); // The one name that dockerd, too, can start a container under.
        }
        // What a privileged container asks for it gets, too; but it has none of its own.
        if (!asked.privileged()) {
            boolean masked = SecurityOptions.of(asked).masked();
            if (asked.maskedPaths() == null) {
                host.maskedPaths(masked ? ContainerDefaults.maskedPaths() : List.of());
            }
            if (asked.readonlyPaths() == null) {
                host.readonlyPaths(masked ? ContainerDefaults.READ_ONLY_PATHS : List.of());
            }
        }
        return host.build();
    }

    private static ContainerConfig merge(ContainerConfig asked, RunConfig image) {
        ContainerConfigBuilder config = ContainerConfigBuilder.builder(asked);
        if (asked.user().isEmpty()) {
            config.user(image.user());
        }
        config.exposedPorts(union(asked.exposedPorts(), image.exposedPorts()));
        config.volumes(union(asked.volumes(), image.volumes()));
        config.env(environment(asked.env(), image.env()));
        if (image.labels() != null) {
            Map<String, String> labels = new LinkedHashMap<>(image.labels());
            if (asked.labels() != null) {
                labels.putAll(asked.labels());
            }
            config.labels(labels);
        } else if (asked.labels() == null) {
            config.labels(Map.of());
        }
        List<String> entrypoint = asked.entrypoint();
        if (entrypoint == null || entrypoint.isEmpty()) {
            if (asked.cmd() == null || asked.cmd().isEmpty()) {
                config.cmd(image.cmd());
            }
            if (entrypoint == null) {
                config.entrypoint(image.entrypoint());
            }
        } else if (entrypoint.equals(List.of(""))) {
            // What the CLI sends for --entrypoint "": the image's is switched off.
            config.entrypoint(null);
        }
        if (asked.workingDir().isEmpty()) {
            config.workingDir(image.workingDir());
        } else if (asked.workingDir().startsWith("/")) {
            config.workingDir(Path.of(asked.workingDir()).normalize().toString());
        }
        if (asked.stopSignal().isEmpty() && image.stopSignal() != null) {
            config.stopSignal(image.stopSignal());
        }
        if (!asked.stopSignal().isEmpty()) {
            Signals.parse(asked.stopSignal());
        }
        config.healthcheck(healthcheck(asked.healthcheck(), image.healthcheck()));
        if (asked.shell() == null) {
            config.shell(image.shell());
        }
        return config.build();
    }

    /** Field by field: what is not asked for is the image's. */
    private static @Nullable HealthConfig healthcheck(@Nullable HealthConfig asked, @Nullable Healthcheck image) {
        if (image == null) {
            return asked;
        }
        HealthConfig own = asked == null ? new HealthConfig(null, 0, 0, 0, 0, 0) : asked;
        return new HealthConfig(
                own.test() == null || own.test().isEmpty() ? image.test() : own.test(),
                own.interval() == 0 ? image.interval().toNanos() : own.interval(),
                own.timeout() == 0 ? image.timeout().toNanos() : own.timeout(),
                own.startPeriod() == 0 ? image.startPeriod().toNanos() : own.startPeriod(),
                own.startInterval() == 0 ? image.startInterval().toNanos() : own.startInterval(),
                own.retries() == 0 ? image.retries() : own.retries());
    }

    /** What was asked for comes first; of the image only the names that it does not mention. */
    private static List<String> environment(@Nullable List<String> asked, @Nullable List<String> image) {
        List<String> environment = new ArrayList<>();
        for (String variable : asked == null ? List.<String>of() : asked) {
            if (variable.isEmpty() || variable.startsWith("=")) {
                throw new Problem.InvalidParameter("invalid environment variable: " + variable).exception();
            }
            environment.add(variable);
        }
        for (String variable : image == null ? List.<String>of() : image) {
            if (!mentions(environment, name(variable))) {
                environment.add(variable);
            }
        }
        return environment;
    }

    static String name(String variable) {
        int equals = variable.indexOf('=');
        return equals < 0 ? variable : variable.substring(0, equals);
    }

    static boolean mentions(List<String> environment, String name) {
        for (String variable : environment) {
            if (name(variable).equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Map<String, Object> union(
            @Nullable Map<String, Object> asked, @Nullable Set<String> image) {
        boolean nothing = asked == null || asked.isEmpty();
        if (image == null || image.isEmpty()) {
            return nothing && image == null ? null : asked;
        }
        Map<String, Object> union = new LinkedHashMap<>();
        for (String key : image) {
            union.put(key, Map.of());
        }
        if (asked != null) {
            union.putAll(asked);
        }
        return union;
    }
}
