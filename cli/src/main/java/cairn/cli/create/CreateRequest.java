package cairn.cli.create;

import cairn.cli.args.Arguments;
import cairn.cli.args.Decimals;
import cairn.cli.args.UsageException;
import cairn.wire.container.CreateContainerRequest;
import cairn.wire.container.CreateContainerRequestBuilder;
import cairn.wire.container.DeviceMapping;
import cairn.wire.container.DeviceRequest;
import cairn.wire.container.HealthConfig;
import cairn.wire.container.HostConfig;
import cairn.wire.container.HostConfigBuilder;
import cairn.wire.container.LogConfig;
import cairn.wire.container.Mount;
import cairn.wire.container.RestartPolicy;
import cairn.wire.container.Ulimit;
import cairn.wire.container.WeightDevice;
import cairn.wire.network.EndpointSettings;
import cairn.wire.network.NetworkingConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns parsed flags and positionals (IMAGE [COMMAND] [ARG...]) into the body of {@code POST /containers/create}. */
public final class CreateRequest {
    private final Arguments given;
    private final Map<String, String> environment;

    private CreateRequest(Arguments given, Map<String, String> environment) {
        this.given = given;
        this.environment = environment;
    }

    /**
     * The request.
     *
     * @param environment the caller's, for {@code -e NAME}
     * @param detached whether nobody will attach
     * @param console rows and columns of the terminal, zeros if there is none
     * @throws UsageException when flags contradict one another or a value is malformed
     */
    public static CreateContainerRequest of(
            Arguments given, Map<String, String> environment, boolean detached, List<Integer> console) {
        return new CreateRequest(given, environment).build(detached, console);
    }

    /** Which streams {@code -a} names; when it is not given, output and error, and input if it is kept open. */
    public static boolean attaches(Arguments given, String stream) {
        List<String> streams = given.texts("attach");
        if (streams.isEmpty()) {
            return !stream.equals("stdin") || given.on("interactive");
        }
        boolean found = false;
        for (String text : streams) {
            String name = text.toLowerCase(Locale.ROOT);
            if (!name.equals("stdin") && !name.equals("stdout") && !name.equals("stderr")) {
                throw new UsageException("invalid argument \"" + text
                        + "\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR");
            }
            found |= name.equals(stream);
        }
        return found;
    }

    /** What {@code --env-file} and {@code --env} say; {@code exec} has these flags, too. */
    public static List<String> variables(Arguments given, Map<String, String> environment) {
        return KeyValues.environment(given.texts("env-file"), given.texts("env"), environment);
    }

    private CreateContainerRequest build(boolean detached, List<Integer> console) {
        check();
        Ports ports = ports();
        Networks networks = new Networks(given);
        Map<String, Object> volumes = new LinkedHashMap<>();
        HostConfig host = host(ports, networks, volumes, console);
        boolean stdin = !detached && attaches(given, "stdin");
        Map<String, EndpointSettings> endpoints = networks.endpoints();
        List<String> positionals = given.positionals();
        return CreateContainerRequestBuilder.builder()
                .hostname(given.text("hostname"))
                .domainname(given.text("domainname"))
                .user(given.text("user"))
                .attachStdin(stdin)
                .attachStdout(!detached && attaches(given, "stdout"))
                .attachStderr(!detached && attaches(given, "stderr"))
                .exposedPorts(ports.exposed())
                .tty(given.on("tty"))
                .openStdin(given.on("interactive"))
                .stdinOnce(stdin && given.on("interactive"))
                .env(variables())
                .cmd(positionals.subList(1, positionals.size()))
                .healthcheck(health())
                .image(positionals.getFirst())
                .volumes(volumes)
                .workingDir(given.text("workdir"))
                .entrypoint(given.given("entrypoint") ? List.of(given.text("entrypoint")) : List.of())
                .labels(KeyValues.labels(given.texts("label-file"), given.texts("label")))
                .stopSignal(given.text("stop-signal"))
                .stopTimeout(given.given("stop-timeout") ? (Integer) (int) given.number("stop-timeout") : null)
                .hostConfig(host)
                .networkingConfig(endpoints == null ? null : new NetworkingConfig(endpoints))
                .build();
    }

    private void check() {
        if (given.on("rm") && given.given("restart") && !given.text("restart").equals("no")) {
            throw new UsageException("conflicting options: cannot specify both --restart and --rm");
        }
        mode("pid", "invalid PID mode", "host", "container:");
        mode("uts", "invalid UTS mode", "host", null);
        mode("userns", "invalid USER mode", "host", null);
        String cgroups = given.text("cgroupns");
        if (!cgroups.isEmpty() && !cgroups.equals("host") && !cgroups.equals("private")) {
            throw new UsageException("--cgroupns: invalid CGROUP mode");
        }
        for (String host : given.texts("add-host")) {
            if (host.indexOf(':') <= 0 && host.indexOf('=') <= 0) {
                throw new UsageException("bad format for add-host: \"" + host + "\"");
            }
        }
        long swappiness = given.number("memory-swappiness");
        if (swappiness < -1 || swappiness > 100) {
            throw new UsageException("invalid value: " + swappiness + ". Valid memory swappiness range is 0-100");
        }
    }

    private void mode(String flag, String fault, String only, @Nullable String prefix) {
        String value = given.text(flag);
        boolean fits = value.isEmpty() || value.equals(only) || (prefix != null && value.startsWith(prefix));
        if (!fits) {
            throw new UsageException("--" + flag + ": " + fault);
        }
    }

    private Ports ports() {
        Ports ports = new Ports();
        for (String text : given.texts("publish")) {
            ports.publish(text);
        }
        for (String text : given.texts("expose")) {
            ports.expose(text);
        }
        return ports;
    }

    private List<String> variables() {
        List<String> variables = variables(given, environment);
        if (given.on("use-api-socket")) {
            variables.add("DOCKER_HOST=unix://" + API_SOCKET);
        }
        return variables;
    }

    private static final String API_SOCKET = "/var/run/docker.sock";

    private @Nullable HealthConfig health() {
        if (given.on("no-healthcheck")) {
            return new HealthConfig(List.of("NONE"), 0, 0, 0, 0, 0);
        }
        String command = given.text("health-cmd");
        boolean times = given.given("health-interval")
                || given.given("health-timeout")
                || given.given("health-retries")
                || given.given("health-start-period")
                || given.given("health-start-interval");
        if (command.isEmpty() && !times) {
            return null;
        }
        return new HealthConfig(
                command.isEmpty() ? List.of() : List.of("CMD-SHELL", command),
                given.nanos("health-interval"),
                given.nanos("health-timeout"),
                given.nanos("health-start-period"),
                given.nanos("health-start-interval"),
                (int) given.number("health-retries"));
    }

    private HostConfig host(Ports ports, Networks networks, Map<String, Object> volumes, List<Integer> console) {
        HostConfigBuilder host = HostConfigBuilder.builder();
        mounts(host, volumes);
        limits(host);
        security(host);
        devices(host);
        return host.containerIdFile(given.text("cidfile"))
                .logConfig(log())
                .networkMode(networks.mode())
                .portBindings(ports.bindings())
                .restartPolicy(restart(given.text("restart")))
                .autoRemove(given.on("rm"))
                .consoleSize(console)
                .annotations(KeyValues.map(given.texts("annotation")))
                .cgroupnsMode(given.text("cgroupns"))
                .dns(given.texts("dns"))
                .dnsOptions(given.texts("dns-option"))
                .dnsSearch(given.texts("dns-search"))
                .extraHosts(hosts())
                .groupAdd(given.texts("group-add"))
                .ipcMode(given.text("ipc"))
                .links(given.texts("link"))
                .pidMode(given.text("pid"))
                .publishAllPorts(given.on("publish-all"))
                .readonlyRootfs(given.on("read-only"))
                .utsMode(given.text("uts"))
                .usernsMode(given.text("userns"))
                .sysctls(KeyValues.map(given.texts("sysctl")))
                .runtime(given.text("runtime"))
                .isolation(given.text("isolation"))
                .init(given.given("init") ? (Boolean) given.on("init") : null)
                .build();
    }

    private void mounts(HostConfigBuilder host, Map<String, Object> volumes) {
        List<String> binds = new ArrayList<>();
        for (String text : given.texts("volume")) {
            if (text.indexOf(':') < 0) {
                volumes.put(text, Map.of());
            } else {
                binds.add(Paths.volume(text));
            }
        }
        if (given.on("use-api-socket")) {
            binds.add(API_SOCKET + ":" + API_SOCKET);
        }
        List<Mount> mounts = new ArrayList<>();
        for (String text : given.texts("mount")) {
            mounts.add(MountFlag.parse(text));
        }
        Map<String, String> tmpfs = new LinkedHashMap<>();
        for (String text : given.texts("tmpfs")) {
            int colon = text.indexOf(':');
            tmpfs.put(colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
        }
        host.binds(binds)
                .mounts(mounts)
                .tmpfs(tmpfs)
                .volumesFrom(given.texts("volumes-from"))
                .volumeDriver(given.text("volume-driver"))
                .storageOpt(KeyValues.map(given.texts("storage-opt")))
                .shmSize(given.bytes("shm-size"));
    }

    private void limits(HostConfigBuilder host) {
        long swappiness = given.number("memory-swappiness");
        String cpus = given.text("cpus");
        Map<String, Ulimit> limits = new TreeMap<>();
        for (String text : given.texts("ulimit")) {
            Ulimit limit = limit(text);
            limits.put(limit.name(), limit);
        }
        host.memory(given.bytes("memory"))
                .memoryReservation(given.bytes("memory-reservation"))
                .memorySwap(given.bytes("memory-swap"))
                .memorySwappiness(swappiness < 0 ? null : (Long) swappiness)
                .kernelMemory(given.bytes("kernel-memory"))
                .oomKillDisable(given.on("oom-kill-disable"))
                .oomScoreAdj((int) given.number("oom-score-adj"))
                .pidsLimit(given.given("pids-limit") ? (Long) given.number("pids-limit") : null)
                .nanoCpus(cpus.isEmpty() ? 0 : Decimals.nano(cpus))
                .cpuShares(given.number("cpu-shares"))
                .cpuPeriod(given.number("cpu-period"))
                .cpuQuota(given.number("cpu-quota"))
                .cpuRealtimePeriod(given.number("cpu-rt-period"))
                .cpuRealtimeRuntime(given.number("cpu-rt-runtime"))
                .cpusetCpus(given.text("cpuset-cpus"))
                .cpusetMems(given.text("cpuset-mems"))
                .cpuCount(given.number("cpu-count"))
                .cpuPercent(given.number("cpu-percent"))
                .cgroupParent(given.text("cgroup-parent"))
                .ulimits(new ArrayList<>(limits.values()));
    }

    private static Ulimit limit(String text) {
        int equals = text.indexOf('=');
        String limits = text.substring(equals + 1);
        int colon = limits.indexOf(':');
        long soft = Long.parseLong(colon < 0 ? limits : limits.substring(0, colon));
        long hard = colon < 0 ? soft : Long.parseLong(limits.substring(colon + 1));
        return new Ulimit(text.substring(0, equals), hard, soft);
    }

    private void security(HostConfigBuilder host) {
        Security security = new Security(given.texts("security-opt"));
        host.privileged(given.on("privileged"))
                .capAdd(Security.capabilities(given.texts("cap-add"), List.of()))
                .capDrop(Security.capabilities(given.texts("cap-drop"), given.texts("cap-add")))
                .securityOpt(security.options())
                // Absent lists mean the default ones, empty lists mean none.
                .maskedPaths(security.systemPathsUnconfined() ? List.of() : null)
                .readonlyPaths(security.systemPathsUnconfined() ? List.of() : null);
    }

    private void devices(HostConfigBuilder host) {
        List<DeviceMapping> mappings = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (String text : given.texts("device")) {
            if (Devices.qualified(text)) {
                named.add(text);
            } else {
                mappings.add(Devices.mapping(text));
            }
        }
        List<DeviceRequest> requests = new ArrayList<>();
        for (String text : given.texts("gpus")) {
            requests.add(Devices.gpus(text));
        }
        if (!named.isEmpty()) {
            requests.add(Devices.byName(named));
        }
        List<WeightDevice> weights = new ArrayList<>();
        for (String text : given.texts("blkio-weight-device")) {
            weights.add(Devices.weight(text));
        }
        host.devices(mappings)
                .deviceRequests(requests)
                .deviceCgroupRules(given.texts("device-cgroup-rule"))
                .blkioWeight((int) given.number("blkio-weight"))
                .blkioWeightDevice(weights)
                .blkioDeviceReadBps(Devices.throttles(given.texts("device-read-bps"), true))
                .blkioDeviceWriteBps(Devices.throttles(given.texts("device-write-bps"), true))
                .blkioDeviceReadIops(Devices.throttles(given.texts("device-read-iops"), false))
                .blkioDeviceWriteIops(Devices.throttles(given.texts("device-write-iops"), false))
                .ioMaximumBandwidth(given.bytes("io-maxbandwidth"))
                .ioMaximumIops(given.number("io-maxiops"));
    }

    private LogConfig log() {
        String driver = given.text("log-driver");
        List<String> options = given.texts("log-opt");
        if (driver.equals("none") && !options.isEmpty()) {
            throw new UsageException("invalid logging opts for driver none");
        }
        return new LogConfig(driver, KeyValues.map(options));
    }

    private List<String> hosts() {
        List<String> hosts = new ArrayList<>();
        for (String text : given.texts("add-host")) {
            int equals = text.indexOf('=');
            String host = equals < 0 ? text : text.substring(0, equals) + ":" + text.substring(equals + 1);
            int colon = host.indexOf(':');
            String ip = host.substring(colon + 1);
            boolean bracketed = ip.startsWith("[") && ip.endsWith("]");
            hosts.add(host.substring(0, colon + 1) + (bracketed ? ip.substring(1, ip.length() - 1) : ip));
        }
        return hosts;
    }

    static RestartPolicy restart(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new RestartPolicy(text, 0);
        }
        if (colon == 0) {
            throw new UsageException("invalid restart policy format: no policy provided before colon");
        }
        try {
            return new RestartPolicy(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new UsageException("invalid restart policy format: maximum retry count must be an integer");
        }
    }
}
