package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Body of {@code POST /containers/{id}/update}: the resource fields of {@link HostConfig} and the restart policy. */
@Json
@RecordBuilder
public record UpdateRequest(
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

        @Json.Property("RestartPolicy") @DefaultValue("RestartPolicy.EMPTY")
        RestartPolicy restartPolicy) {
    public UpdateRequest {
        cgroupParent = requireNonNullElse(cgroupParent, "");
        cpusetCpus = requireNonNullElse(cpusetCpus, "");
        cpusetMems = requireNonNullElse(cpusetMems, "");
        restartPolicy = requireNonNullElse(restartPolicy, RestartPolicy.EMPTY);
    }
}
