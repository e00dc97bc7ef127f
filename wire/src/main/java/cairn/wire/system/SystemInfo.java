package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /info}. */
@Json
@RecordBuilder
public record SystemInfo(
        @Json.Property("ID") @DefaultValue("\"\"") String id,
        @Json.Property("Containers") int containers,
        @Json.Property("ContainersRunning") int containersRunning,
        @Json.Property("ContainersPaused") int containersPaused,
        @Json.Property("ContainersStopped") int containersStopped,
        @Json.Property("Images") int images,
        @Json.Property("Driver") @DefaultValue("\"\"") String driver,

        @Json.Property("DriverStatus") @DefaultValue("List.of()")
        List<List<String>> driverStatus,

        @Json.Property("Plugins") @DefaultValue("PluginsInfo.EMPTY")
        PluginsInfo plugins,

        @Json.Property("MemoryLimit") boolean memoryLimit,
        @Json.Property("SwapLimit") boolean swapLimit,
        @Json.Property("KernelMemory,omitempty") boolean kernelMemory,
        @Json.Property("KernelMemoryTCP,omitempty") boolean kernelMemoryTcp,
        @Json.Property("CpuCfsPeriod") boolean cpuCfsPeriod,
        @Json.Property("CpuCfsQuota") boolean cpuCfsQuota,
        @Json.Property("CPUShares") boolean cpuShares,
        @Json.Property("CPUSet") boolean cpuSet,
        @Json.Property("PidsLimit") boolean pidsLimit,
        @Json.Property("IPv4Forwarding") boolean ipv4Forwarding,
        @Json.Property("Debug") boolean debug,
        @Json.Property("NFd") int fileDescriptors,
        @Json.Property("OomKillDisable") boolean oomKillDisable,
        @Json.Property("NGoroutines") int goroutines,
        @Json.Property("SystemTime") @DefaultValue("\"\"") String systemTime,

        @Json.Property("LoggingDriver") @DefaultValue("\"\"")
        String loggingDriver,

        @Json.Property("CgroupDriver") @DefaultValue("\"\"") String cgroupDriver,

        @Json.Property("CgroupVersion,omitempty") @DefaultValue("\"\"")
        String cgroupVersion,

        @Json.Property("NEventsListener") int eventListeners,

        @Json.Property("KernelVersion") @DefaultValue("\"\"")
        String kernelVersion,

        @Json.Property("OperatingSystem") @DefaultValue("\"\"")
        String operatingSystem,

        @Json.Property("OSVersion") @DefaultValue("\"\"") String osVersion,
        @Json.Property("OSType") @DefaultValue("\"\"") String osType,
        @Json.Property("Architecture") @DefaultValue("\"\"") String architecture,

        @Json.Property("IndexServerAddress") @DefaultValue("\"\"")
        String indexServerAddress,

        @Json.Property("RegistryConfig") @Nullable RegistryConfig registryConfig,
        @Json.Property("NCPU") int cpus,
        @Json.Property("MemTotal") long memTotal,

        @Json.Property("GenericResources") @DefaultValue("null") @Nullable
        List<Object> genericResources,

        @Json.Property("DockerRootDir") @DefaultValue("\"\"")
        String dockerRootDir,

        @Json.Property("HttpProxy") @DefaultValue("\"\"") String httpProxy,
        @Json.Property("HttpsProxy") @DefaultValue("\"\"") String httpsProxy,
        @Json.Property("NoProxy") @DefaultValue("\"\"") String noProxy,
        @Json.Property("Name") @DefaultValue("\"\"") String name,
        @Json.Property("Labels") List<String> labels,
        @Json.Property("ExperimentalBuild") boolean experimentalBuild,

        @Json.Property("ServerVersion") @DefaultValue("\"\"")
        String serverVersion,

        @Json.Property("Runtimes") @DefaultValue("Map.of()") Map<String, RuntimeInfo> runtimes,

        @Json.Property("DefaultRuntime") @DefaultValue("\"\"")
        String defaultRuntime,

        @Json.Property("Swarm") @DefaultValue("SwarmInfo.EMPTY")
        SwarmInfo swarm,

        @Json.Property("LiveRestoreEnabled") boolean liveRestoreEnabled,
        @Json.Property("Isolation") @DefaultValue("\"\"") String isolation,
        @Json.Property("InitBinary") @DefaultValue("\"\"") String initBinary,

        @Json.Property("ContainerdCommit") @DefaultValue("Commit.EMPTY")
        Commit containerdCommit,

        @Json.Property("RuncCommit") @DefaultValue("Commit.EMPTY")
        Commit runcCommit,

        @Json.Property("InitCommit") @DefaultValue("Commit.EMPTY")
        Commit initCommit,

        @Json.Property("SecurityOptions") @DefaultValue("List.of()")
        List<String> securityOptions,

        @Json.Property("ProductLicense,omitempty") @DefaultValue("\"\"")
        String productLicense,

        @Json.Property("DefaultAddressPools,omitempty") @Nullable
        List<AddressPool> defaultAddressPools,

        @Json.Property("FirewallBackend,omitempty") @Nullable
        FirewallInfo firewallBackend,

        @Json.Property("CDISpecDirs") @DefaultValue("null") @Nullable
        List<String> cdiSpecDirs,

        @Json.Property("DiscoveredDevices,omitempty") @Nullable
        List<DeviceInfo> discoveredDevices,

        @Json.Property("Containerd,omitempty") @Nullable ContainerdInfo containerd,

        @Json.Property("Warnings") @DefaultValue("null") @Nullable
        List<String> warnings) {
    public SystemInfo {
        id = requireNonNullElse(id, "");
        driver = requireNonNullElse(driver, "");
        driverStatus = requireNonNullElse(driverStatus, List.of());
        plugins = requireNonNullElse(plugins, PluginsInfo.EMPTY);
        systemTime = requireNonNullElse(systemTime, "");
        loggingDriver = requireNonNullElse(loggingDriver, "");
        cgroupDriver = requireNonNullElse(cgroupDriver, "");
        cgroupVersion = requireNonNullElse(cgroupVersion, "");
        kernelVersion = requireNonNullElse(kernelVersion, "");
        operatingSystem = requireNonNullElse(operatingSystem, "");
        osVersion = requireNonNullElse(osVersion, "");
        osType = requireNonNullElse(osType, "");
        architecture = requireNonNullElse(architecture, "");
        indexServerAddress = requireNonNullElse(indexServerAddress, "");
        dockerRootDir = requireNonNullElse(dockerRootDir, "");
        httpProxy = requireNonNullElse(httpProxy, "");
        httpsProxy = requireNonNullElse(httpsProxy, "");
        noProxy = requireNonNullElse(noProxy, "");
        name = requireNonNullElse(name, "");
        labels = requireNonNullElse(labels, List.of());
        serverVersion = requireNonNullElse(serverVersion, "");
        runtimes = requireNonNullElse(runtimes, Map.of());
        defaultRuntime = requireNonNullElse(defaultRuntime, "");
        swarm = requireNonNullElse(swarm, SwarmInfo.EMPTY);
        isolation = requireNonNullElse(isolation, "");
        initBinary = requireNonNullElse(initBinary, "");
        containerdCommit = requireNonNullElse(containerdCommit, Commit.EMPTY);
        runcCommit = requireNonNullElse(runcCommit, Commit.EMPTY);
        initCommit = requireNonNullElse(initCommit, Commit.EMPTY);
        securityOptions = requireNonNullElse(securityOptions, List.of());
        productLicense = requireNonNullElse(productLicense, "");
    }
}
