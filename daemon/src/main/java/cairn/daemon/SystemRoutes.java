package cairn.daemon;

import cairn.engine.Engine;
import cairn.engine.EngineSettings;
import cairn.engine.container.Container;
import cairn.linux.Kernel;
import cairn.oci.registry.ProxySettings;
import cairn.wire.ApiVersion;
import cairn.wire.Timestamps;
import cairn.wire.http.Exchange;
import cairn.wire.system.ComponentVersion;
import cairn.wire.system.FirewallInfo;
import cairn.wire.system.PluginsInfo;
import cairn.wire.system.ProductName;
import cairn.wire.system.RuntimeInfo;
import cairn.wire.system.SwarmInfo;
import cairn.wire.system.SystemInfo;
import cairn.wire.system.SystemInfoBuilder;
import cairn.wire.system.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /_ping}, {@code /version}, {@code /info}, and what is refused as a whole. */
final class SystemRoutes {
    static final String PING = "/_ping";

    private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);

    private final Engine engine;

    SystemRoutes(Engine engine) {
        this.engine = engine;
    }

    void register(Router router) {
        router.add("GET", PING, call -> ping(call.exchange()));
        router.add("HEAD", PING, call -> ping(call.exchange()));
        router.add("GET", "/version", call -> call.exchange().respond(200, version()));
        router.add("GET", "/info", call -> call.exchange().respond(200, info()));
        router.add("GET", "/plugins", call -> call.exchange().respond(200, List.of()));
    }

    /** Asked without a version to find out which to use; nothing on the way may keep the answer. */
    static void ping(Exchange exchange) throws IOException {
        exchange.addHeader("Builder-Version", "1");
        exchange.addHeader("Swarm", "inactive");
        exchange.addHeader("Cache-Control", "no-cache, no-store, must-revalidate");
        exchange.addHeader("Pragma", "no-cache");
        exchange.respond(200, "text/plain; charset=utf-8", OK);
    }

    private static String architecture() {
        return Kernel.machine().equals("x86_64") ? "amd64" : "arm64";
    }

    private Version version() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put("ApiVersion", ApiVersion.NEWEST.toString());
        details.put("Arch", architecture());
        details.put("Experimental", "false");
        details.put("JavaVersion", Runtime.version().toString());
        details.put("KernelVersion", Kernel.release());
        details.put("MinAPIVersion", ApiVersion.OLDEST.toString());
        details.put("Os", "linux");
        return new Version(
                new ProductName("Cairn " + Engine.OWN_VERSION),
                List.of(new ComponentVersion("Engine", Engine.VERSION, details)),
                Engine.VERSION,
                ApiVersion.NEWEST.toString(),
                ApiVersion.OLDEST.toString(),
                "",
                "",
                "linux",
                architecture(),
                Kernel.release(),
                false,
                "");
    }

    private SystemInfo info() {
        EngineSettings settings = engine.settings();
        ProxySettings proxies = settings.distribution().registries().proxies().shown();
        int running = 0;
        List<Container> containers = engine.containers().all();
        for (Container container : containers) {
            running += container.running() ? 1 : 0;
        }
        boolean unified = engine.cgroups().unified();
        List<String> warnings = new ArrayList<>();
        if (!unified) {
            warnings.add("WARNING: cgroup v1 is deprecated, and future releases of the kernel will drop it");
        }
        String noFirewall = engine.ports().firewallFault();
        if (noFirewall != null) {
            warnings.add("WARNING: no firewall (" + noFirewall + "): published ports go through user space");
        }
        return SystemInfoBuilder.builder()
                .id(engine.id())
                .containers(containers.size())
                .containersRunning(running)
                .containersStopped(containers.size() - running)
                .images(engine.images().list().size())
                .driver("overlay2")
                .driverStatus(List.of(
                        List.of("Backing Filesystem", backing(settings.dataRoot())),
                        List.of("Supports d_type", "true"),
                        List.of("Using metacopy", "false"),
                        List.of("Native Overlay Diff", "true"),
                        List.of("userxattr", "false")))
                .plugins(new PluginsInfo(
                        List.of("local"),
                        List.of("bridge", "host", "ipvlan", "macvlan", "null"),
                        null,
                        List.of("json-file", "local", "none")))
                .memoryLimit(has("memory", "memory.limit_in_bytes", "memory.max"))
                .swapLimit(has("memory", "memory.memsw.limit_in_bytes", "memory.swap.max"))
                .oomKillDisable(!unified && engine.cgroups().has("memory", "memory.oom_control"))
                .cpuCfsPeriod(has("cpu", "cpu.cfs_period_us", "cpu.max"))
                .cpuCfsQuota(has("cpu", "cpu.cfs_quota_us", "cpu.max"))
                .cpuShares(has("cpu", "cpu.shares", "cpu.weight"))
                .cpuSet(has("cpuset", "cpuset.cpus", "cpuset.cpus"))
                .pidsLimit(has("pids", "pids.max", "pids.max"))
                .ipv4Forwarding(settings.bridge().forward())
                .debug(settings.debug())
                .goroutines(Thread.activeCount())
                .fileDescriptors(descriptors())
                .systemTime(Timestamps.format(Instant.now()))
                .loggingDriver(settings.log().type())
                .cgroupDriver("cgroupfs")
                .cgroupVersion(unified ? "2" : "1")
                .kernelVersion(Kernel.release())
                .operatingSystem(operatingSystem("PRETTY_NAME", "Linux"))
                .osVersion(operatingSystem("VERSION_ID", ""))
                .osType("linux")
                .architecture(Kernel.machine())
                .indexServerAddress("https://index.docker.io/v1/")
                .registryConfig(RegistryOptions.view(settings.distribution().registries()))
                .httpProxy(proxies.http())
                .httpsProxy(proxies.https())
                .noProxy(proxies.no())
                .cpus(Kernel.cpus())
                .memTotal(Kernel.totalMemory())
                .dockerRootDir(engine.root().path().toString())
                .name(Kernel.hostname())
                .labels(settings.labels())
                .serverVersion(Engine.VERSION)
                // One runtime, under the name that clients expect: Cairn's own shim.
                .runtimes(Map.of("runc", new RuntimeInfo(settings.shim().toString(), null, "", null, null)))
                .defaultRuntime("runc")
                .swarm(new SwarmInfo("", "", "inactive", false, "", null, 0, 0, null))
                .liveRestoreEnabled(true)
                .securityOptions(
                        settings.userNamespaces()
                                ? List.of("name=seccomp,profile=builtin", "name=userns", "name=cgroupns")
                                : List.of("name=seccomp,profile=builtin", "name=cgroupns"))
                .firewallBackend(new FirewallInfo("nftables", null))
                .warnings(warnings)
                .build();
    }

    /** One file stands for each feature, under its name in either version. */
    private boolean has(String controller, String legacyFile, String unifiedFile) {
        return engine.cgroups().has(controller, engine.cgroups().unified() ? unifiedFile : legacyFile);
    }

    private static String backing(Path path) {
        try {
            return Files.getFileStore(path).type();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static int descriptors() {
        String[] names = Path.of("/proc/self/fd").toFile().list();
        return names == null ? 0 : names.length;
    }

    private static String operatingSystem(String key, String otherwise) {
        try {
            for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
                if (line.startsWith(key + "=")) {
                    return line.substring(key.length() + 1).replace("\"", "");
                }
            }
        } catch (IOException e) {
            // Not every system has one.
        }
        return otherwise;
    }
}
