package cairn.wire.stats;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** CPU use of the container and of the whole system, in nanoseconds. */
@Json
public record CpuStats(
        @Json.Property("cpu_usage") CpuUsage cpuUsage,
        @Json.Property("system_cpu_usage,omitempty") long systemCpuUsage,
        @Json.Property("online_cpus,omitempty") int onlineCpus,
        @Json.Property("throttling_data") ThrottlingData throttlingData) {
    /** Every field at its zero value. */
    public static final CpuStats EMPTY = new CpuStats(CpuUsage.EMPTY, 0, 0, ThrottlingData.EMPTY);

    public CpuStats {
        cpuUsage = requireNonNullElse(cpuUsage, CpuUsage.EMPTY);
        throttlingData = requireNonNullElse(throttlingData, ThrottlingData.EMPTY);
    }
}
