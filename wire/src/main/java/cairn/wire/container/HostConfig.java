package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What of a container depends on the host: mounts, ports, name spaces, limits, security. */
@Json
@RecordBuilder
public record HostConfig(
        @Json.Property("Binds") @DefaultValue("null") @Nullable
        List<String> binds,

        @Json.Property("ContainerIDFile") @DefaultValue("\"\"")
        String containerIdFile,

        @Json.Property("LogConfig") @DefaultValue("LogConfig.EMPTY")
        LogConfig logConfig,

        @Json.Property("NetworkMode") @DefaultValue("\"\"") String networkMode,

        @Json.Property("PortBindings") @DefaultValue("null") @Nullable
        Map<String, @Nullable List<PortBinding>> portBindings,

        @Json.Property("RestartPolicy") @DefaultValue("RestartPolicy.EMPTY")
        RestartPolicy restartPolicy,

        @Json.Property("AutoRemove") boolean autoRemove,
        @Json.Property("VolumeDriver") @DefaultValue("\"\"") String volumeDriver,

        @Json.Property("VolumesFrom") @DefaultValue("null") @Nullable
        List<String> volumesFrom,

        @Json.Property("ConsoleSize") @DefaultValue("List.of(0, 0)")
        List<Integer> consoleSize,

        @Json.Property("Annotations,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> annotations,

        @Json.Property("CapAdd") @DefaultValue("null") @Nullable
        List<String> capAdd,

        @Json.Property("CapDrop") @DefaultValue("null") @Nullable
        List<String> capDrop,

        @Json.Property("CgroupnsMode") @DefaultValue("\"\"") String cgroupnsMode,

        @Json.Property("Dns") @DefaultValue("null") @Nullable
        List<String> dns,

        @Json.Property("DnsOptions") @DefaultValue("null") @Nullable
        List<String> dnsOptions,

        @Json.Property("DnsSearch") @DefaultValue("null") @Nullable
        List<String> dnsSearch,

        @Json.Property("ExtraHosts") @DefaultValue("null") @Nullable
        List<String> extraHosts,

        @Json.Property("GroupAdd") @DefaultValue("null") @Nullable
        List<String> groupAdd,

        @Json.Property("IpcMode") @DefaultValue("\"\"") String ipcMode,
        @Json.Property("Cgroup") @DefaultValue("\"\"") String cgroup,

        @Json.Property("Links") @DefaultValue("null") @Nullable
        List<String> links,

        @Json.Property("OomScoreAdj") int oomScoreAdj,
        @Json.Property("PidMode") @DefaultValue("\"\"") String pidMode,
        @Json.Property("Privileged") boolean privileged,
        @Json.Property("PublishAllPorts") boolean publishAllPorts,
        @Json.Property("ReadonlyRootfs") boolean readonlyRootfs,

        @Json.Property("SecurityOpt") @DefaultValue("null") @Nullable
        List<String> securityOpt,

        @Json.Property("StorageOpt,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> storageOpt,

        @Json.Property("Tmpfs,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> tmpfs,

        @Json.Property("UTSMode") @DefaultValue("\"\"") String utsMode,
        @Json.Property("UsernsMode") @DefaultValue("\"\"") String usernsMode,
        @Json.Property("ShmSize") long shmSize,

        @Json.Property("Sysctls,omitempty") @DefaultValue("null") @Nullable
        Map<String, String> sysctls,

        @Json.Property("Runtime,omitempty") @DefaultValue("\"\"")
        String runtime,

        @Json.Property("Isolation") @DefaultValue("\"\"") String isolation,
        @Json.Property("CpuShares") long cpuShares,
        @Json.Property("Memory") long memory,
        @Json.Property("NanoCpus") long nanoCpus,
        @Json.Property("CgroupParent") @DefaultValue("\"\"") String cgroupParent,
        @Json.Property("BlkioWeight") int blkioWeight,

        @Json.Property("BlkioWeightDevice") @DefaultValue("null") @Nullable
        List<WeightDevice> blkioWeightDevice,

        @Json.Property("BlkioDeviceReadBps") @DefaultValue("null") @Nullable
        List<ThrottleDevice> blkioDeviceReadBps,

        @Json.Property("BlkioDeviceWriteBps") @DefaultValue("null") @Nullable
        List<ThrottleDevice> blkioDeviceWriteBps,

        @Json.Property("BlkioDeviceReadIOps") @DefaultValue("null") @Nullable
        List<ThrottleDevice> blkioDeviceReadIops,

        @Json.Property("BlkioDeviceWriteIOps") @DefaultValue("null") @Nullable
        List<ThrottleDevice> blkioDeviceWriteIops,

        @Json.Property("CpuPeriod") long cpuPeriod,
        @Json.Property("CpuQuota") long cpuQuota,
        @Json.Property("CpuRealtimePeriod") long cpuRealtimePeriod,
        @Json.Property("CpuRealtimeRuntime") long cpuRealtimeRuntime,
        @Json.Property("CpusetCpus") @DefaultValue("\"\"") String cpusetCpus,
        @Json.Property("CpusetMems") @DefaultValue("\"\"") String cpusetMems,

        @Json.Property("Devices") @DefaultValue("null") @Nullable
        List<DeviceMapping> devices,

        @Json.Property("DeviceCgroupRules") @DefaultValue("null") @Nullable
        List<String> deviceCgroupRules,

        @Json.Property("DeviceRequests") @DefaultValue("null") @Nullable
        List<DeviceRequest> deviceRequests,

        @Json.Property("KernelMemory,omitempty") long kernelMemory,
        @Json.Property("KernelMemoryTCP,omitempty") long kernelMemoryTcp,
        @Json.Property("MemoryReservation") long memoryReservation,
        @Json.Property("MemorySwap") long memorySwap,
        @Json.Property("MemorySwappiness") @Nullable Long memorySwappiness,
        @Json.Property("OomKillDisable") @Nullable Boolean oomKillDisable,
        @Json.Property("PidsLimit") @Nullable Long pidsLimit,

        @Json.Property("Ulimits") @DefaultValue("null") @Nullable
        List<Ulimit> ulimits,

        @Json.Property("CpuCount") long cpuCount,
        @Json.Property("CpuPercent") long cpuPercent,
        @Json.Property("IOMaximumIOps") long ioMaximumIops,
        @Json.Property("IOMaximumBandwidth") long ioMaximumBandwidth,

        @Json.Property("Mounts,omitempty") @DefaultValue("null") @Nullable
        List<Mount> mounts,

        @Json.Property("MaskedPaths") @DefaultValue("null") @Nullable
        List<String> maskedPaths,

        @Json.Property("ReadonlyPaths") @DefaultValue("null") @Nullable
        List<String> readonlyPaths,

        @Json.Property("Init,omitnil") @Nullable Boolean init) {
    public HostConfig {
        containerIdFile = requireNonNullElse(containerIdFile, "");
        logConfig = requireNonNullElse(logConfig, LogConfig.EMPTY);
        networkMode = requireNonNullElse(networkMode, "");
        restartPolicy = requireNonNullElse(restartPolicy, RestartPolicy.EMPTY);
        volumeDriver = requireNonNullElse(volumeDriver, "");
        consoleSize = requireNonNullElse(consoleSize, List.of(0, 0));
        cgroupnsMode = requireNonNullElse(cgroupnsMode, "");
        ipcMode = requireNonNullElse(ipcMode, "");
        cgroup = requireNonNullElse(cgroup, "");
        pidMode = requireNonNullElse(pidMode, "");
        utsMode = requireNonNullElse(utsMode, "");
        usernsMode = requireNonNullElse(usernsMode, "");
        runtime = requireNonNullElse(runtime, "");
        isolation = requireNonNullElse(isolation, "");
        cgroupParent = requireNonNullElse(cgroupParent, "");
        cpusetCpus = requireNonNullElse(cpusetCpus, "");
        cpusetMems = requireNonNullElse(cpusetMems, "");
    }
}
