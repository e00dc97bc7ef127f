package cairn.wire.stats;

import io.avaje.jsonb.Json;

/** How often the CPU quota held the container back. */
@Json
public record ThrottlingData(
        @Json.Property("periods") long periods,
        @Json.Property("throttled_periods") long throttledPeriods,
        @Json.Property("throttled_time") long throttledTime) {
    /** Every field at its zero value. */
    public static final ThrottlingData EMPTY = new ThrottlingData(0, 0, 0);
}
