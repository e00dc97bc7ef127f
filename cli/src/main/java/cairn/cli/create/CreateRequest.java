package cairn.cli.create;

import cairn.cli.args.Arguments;
import cairn.cli.args.Decimals;
import cairn.cli.args.UsageException;
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
    public static Map<String, Object> of(
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

    private Map<String, Object> build(boolean detached, List<Integer> console) {
        check();
        Ports ports = ports();
        Networks networks = new Networks(given);
        Map<String, Object> volumes = new LinkedHashMap<>();
        Body host = host(ports, networks, volumes, console);
        boolean stdin = !detached && attaches(given, "stdin");
        List<String> positionals = given.positionals();
        Body request = new Body();
        if (given.given("stop-timeout")) {
            request.always("StopTimeout", given.number("stop-timeout"));
        }
        return request.with("Hostname", given.text("hostname"))
                .with("Domainname", given.text("domainname"))
                .with("User", given.text("user"))
                .with("AttachStdin", stdin)
                .with("AttachStdout", !detached && attaches(given, "stdout"))
                .with("AttachStderr", !detached && attaches(given, "stderr"))
                .with("ExposedPorts", ports.exposed())
                .with("Tty", given.on("tty"))
                .with("OpenStdin", given.on("interactive"))
                .with("StdinOnce", stdin && given.on("interactive"))
                .with("Env", variables())
                .with("Cmd", positionals.subList(1, positionals.size()))
                .with("Healthcheck", health())
                .with("Image", positionals.getFirst())
                .with("Volumes", volumes)
                .with("WorkingDir", given.text("workdir"))
                .with("Entrypoint", given.given("entrypoint") ? List.of(given.text("entrypoint")) : null)
                .with("Labels", KeyValues.labels(given.texts("label-file"), given.texts("label")))
                .with("StopSignal", given.text("stop-signal"))
                .with("HostConfig", host)
                .with("NetworkingConfig", new Body().with("EndpointsConfig", networks.endpoints()))
                .members();
    }

    private void check() {
        if (given.on("rm") && given.given("restart") && !given.text("restart").equals("no")) {
            throw new UsageException("conflicting options: cannot specify both --restart and --rm");
        }
        mode("pid", "invalid PID mode", "host", "container:");
        mode("uts", "invalid UTS mode", "host", null);
        mode("userns", "invalid USER mode", "host", "private");
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

    private Body health() {
        if (given.on("no-healthcheck")) {
            return new Body().with("Test", List.of("NONE"));
        }
        String command = given.text("health-cmd");
        return new Body()
                .with("Test", command.isEmpty() ? null : List.of("CMD-SHELL", command))
                .with("Interval", given.nanos("health-interval"))
                .with("Timeout", given.nanos("health-timeout"))
                .with("StartPeriod", given.nanos("health-start-period"))
                .with("StartInterval", given.nanos("health-start-interval"))
                .with("Retries", given.number("health-retries"));
    }

    private Body host(Ports ports, Networks networks, Map<String, Object> volumes, List<Integer> console) {
        Body host = new Body();
        mounts(host, volumes);
        limits(host);
        security(host);
        devices(host);
        if (given.given("init")) {
            host.always("Init", given.on("init"));
        }
        return host.with("ContainerIDFile", given.text("cidfile"))
                .with("LogConfig", log())
                .with("NetworkMode", networks.mode())
                .with("PortBindings", ports.bindings())
                .with("RestartPolicy", restart(given.text("restart")))
                .with("AutoRemove", given.on("rm"))
                .with("ConsoleSize", console.getFirst() == 0 ? null : console)
                .with("Annotations", KeyValues.map(given.texts("annotation")))
                .with("CgroupnsMode", given.text("cgroupns"))
                .with("Dns", given.texts("dns"))
                .with("DnsOptions", given.texts("dns-option"))
                .with("DnsSearch", given.texts("dns-search"))
                .with("ExtraHosts", hosts())
                .with("GroupAdd", given.texts("group-add"))
                .with("IpcMode", given.text("ipc"))
                .with("Links", given.texts("link"))
                .with("PidMode", given.text("pid"))
                .with("PublishAllPorts", given.on("publish-all"))
                .with("ReadonlyRootfs", given.on("read-only"))
                .with("UTSMode", given.text("uts"))
                .with("UsernsMode", given.text("userns"))
                .with("Sysctls", KeyValues.map(given.texts("sysctl")))
                .with("Runtime", given.text("runtime"))
                .with("Isolation", given.text("isolation"));
    }

    private void mounts(Body host, Map<String, Object> volumes) {
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
        List<Object> mounts = new ArrayList<>();
        for (String text : given.texts("mount")) {
            mounts.add(MountFlag.parse(text));
        }
        Map<String, String> tmpfs = new LinkedHashMap<>();
        for (String text : given.texts("tmpfs")) {
            int colon = text.indexOf(':');
            tmpfs.put(colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
        }
        host.with("Binds", binds)
                .with("Mounts", mounts)
                .with("Tmpfs", tmpfs)
                .with("VolumesFrom", given.texts("volumes-from"))
                .with("VolumeDriver", given.text("volume-driver"))
                .with("StorageOpt", KeyValues.map(given.texts("storage-opt")))
                .with("ShmSize", given.bytes("shm-size"));
    }

    private void limits(Body host) {
        long swappiness = given.number("memory-swappiness");
        if (swappiness >= 0) {
            host.always("MemorySwappiness", swappiness);
        }
        if (given.given("oom-kill-disable")) {
            host.always("OomKillDisable", given.on("oom-kill-disable"));
        }
        String cpus = given.text("cpus");
        Map<String, Object> limits = new TreeMap<>();
        for (String text : given.texts("ulimit")) {
            limits.put(text.substring(0, text.indexOf('=')), limit(text));
        }
        host.with("Memory", given.bytes("memory"))
                .with("MemoryReservation", given.bytes("memory-reservation"))
                .with("MemorySwap", given.bytes("memory-swap"))
                .with("KernelMemory", given.bytes("kernel-memory"))
                .with("OomScoreAdj", given.number("oom-score-adj"))
                .with("PidsLimit", given.number("pids-limit"))
                .with("NanoCpus", cpus.isEmpty() ? 0 : Decimals.nano(cpus))
                .with("CpuShares", given.number("cpu-shares"))
                .with("CpuPeriod", given.number("cpu-period"))
                .with("CpuQuota", given.number("cpu-quota"))
                .with("CpuRealtimePeriod", given.number("cpu-rt-period"))
                .with("CpuRealtimeRuntime", given.number("cpu-rt-runtime"))
                .with("CpusetCpus", given.text("cpuset-cpus"))
                .with("CpusetMems", given.text("cpuset-mems"))
                .with("CpuCount", given.number("cpu-count"))
                .with("CpuPercent", given.number("cpu-percent"))
                .with("CgroupParent", given.text("cgroup-parent"))
                .with("Ulimits", new ArrayList<>(limits.values()));
    }

    private static Object limit(String text) {
        int equals = text.indexOf('=');
        String limits = text.substring(equals + 1);
        int colon = limits.indexOf(':');
        long soft = Long.parseLong(colon < 0 ? limits : limits.substring(0, colon));
        long hard = colon < 0 ? soft : Long.parseLong(limits.substring(colon + 1));
        return new Body()
                .with("Name", text.substring(0, equals))
                .always("Hard", hard)
                .always("Soft", soft)
                .members();
    }

    private void security(Body host) {
        Security security = new Security(given.texts("security-opt"));
        host.with("Privileged", given.on("privileged"))
                .with("CapAdd", Security.capabilities(given.texts("cap-add"), List.of()))
                .with("CapDrop", Security.capabilities(given.texts("cap-drop"), given.texts("cap-add")))
                .with("SecurityOpt", security.options());
        if (security.systemPathsUnconfined()) {
            // Absent lists would mean the default ones, empty lists mean none.
            host.always("MaskedPaths", List.of()).always("ReadonlyPaths", List.of());
        }
    }

    private void devices(Body host) {
        List<Object> mappings = new ArrayList<>();
        List<String> named = new ArrayList<>();
        for (String text : given.texts("device")) {
            if (Devices.qualified(text)) {
                named.add(text);
            } else {
                mappings.add(Devices.mapping(text));
            }
        }
        List<Object> requests = new ArrayList<>();
        for (String text : given.texts("gpus")) {
            requests.add(Devices.gpus(text));
        }
        if (!named.isEmpty()) {
            requests.add(Devices.byName(named));
        }
        List<Object> weights = new ArrayList<>();
        for (String text : given.texts("blkio-weight-device")) {
            weights.add(Devices.weight(text));
        }
        host.with("Devices", mappings)
                .with("DeviceRequests", requests)
                .with("DeviceCgroupRules", given.texts("device-cgroup-rule"))
                .with("BlkioWeight", given.number("blkio-weight"))
                .with("BlkioWeightDevice", weights)
                .with("BlkioDeviceReadBps", Devices.throttles(given.texts("device-read-bps"), true))
                .with("BlkioDeviceWriteBps", Devices.throttles(given.texts("device-write-bps"), true))
                .with("BlkioDeviceReadIOps", Devices.throttles(given.texts("device-read-iops"), false))
                .with("BlkioDeviceWriteIOps", Devices.throttles(given.texts("device-write-iops"), false))
                .with("IOMaximumBandwidth", given.bytes("io-maxbandwidth"))
                .with("IOMaximumIOps", given.number("io-maxiops"));
    }

    private Body log() {
        String driver = given.text("log-driver");
        List<String> options = given.texts("log-opt");
        if (driver.equals("none") && !options.isEmpty()) {
            throw new UsageException("invalid logging opts for driver none");
        }
        return new Body().with("Type", driver).with("Config", KeyValues.map(options));
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

    static Body restart(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            return new Body().with("Name", text);
        }
        if (colon == 0) {
            throw new UsageException("invalid restart policy format: no policy provided before colon");
        }
        try {
            int count = Integer.parseInt(text.substring(colon + 1));
            return new Body().with("Name", text.substring(0, colon)).with("MaximumRetryCount", count);
        } catch (NumberFormatException e) {
            throw new UsageException("invalid restart policy format: maximum retry count must be an integer");
        }
    }
}
