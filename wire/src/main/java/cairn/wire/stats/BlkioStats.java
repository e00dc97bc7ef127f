package cairn.wire.stats;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Block I/O, as the cgroup counts it. */
@Json
@RecordBuilder
public record BlkioStats(
        @Json.Property("io_service_bytes_recursive") @Nullable
        List<BlkioEntry> ioServiceBytesRecursive,

        @Json.Property("io_serviced_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> ioServicedRecursive,

        @Json.Property("io_queue_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> ioQueueRecursive,

        @Json.Property("io_service_time_recursive") @Nullable
        List<BlkioEntry> ioServiceTimeRecursive,

        @Json.Property("io_wait_time_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> ioWaitTimeRecursive,

        @Json.Property("io_merged_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> ioMergedRecursive,

        @Json.Property("io_time_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> ioTimeRecursive,

        @Json.Property("sectors_recursive") @DefaultValue("null") @Nullable
        List<BlkioEntry> sectorsRecursive) {
    /** Every field at its zero value. */
    public static final BlkioStats EMPTY = new BlkioStats(null, null, null, null, null, null, null, null);
}
