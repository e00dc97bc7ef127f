package cairn.wire.stats;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory in bytes. */
@Json
@RecordBuilder
public record MemoryStats(
        @Json.Property("usage,omitempty") long usage,
        @Json.Property("max_usage,omitempty") long maxUsage,

        @Json.Property("stats,omitempty") @DefaultValue("null") @Nullable
        Map<String, Long> stats,

        @Json.Property("failcnt,omitempty") long failcnt,
        @Json.Property("limit,omitempty") long limit,
        @Json.Property("commitbytes,omitempty") long commitbytes,
        @Json.Property("commitpeakbytes,omitempty") long commitpeakbytes,
        @Json.Property("privateworkingset,omitempty") long privateworkingset) {
    /** Every field at its zero value. */
    public static final MemoryStats EMPTY = new MemoryStats(0, 0, null, 0, 0, 0, 0, 0);
}
