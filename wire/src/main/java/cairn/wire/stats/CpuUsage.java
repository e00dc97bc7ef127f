package cairn.wire.stats;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CPU time in nanoseconds. */
@Json
public record CpuUsage(
        @Json.Property("total_usage") long totalUsage,
        @Json.Property("percpu_usage,omitempty") @Nullable List<Long> percpuUsage,
        @Json.Property("usage_in_kernelmode") long usageInKernelmode,
        @Json.Property("usage_in_usermode") long usageInUsermode) {
    /** Every field at its zero value. */
    public static final CpuUsage EMPTY = new CpuUsage(0, null, 0, 0);
}
