package cairn.wire.stats;

import io.avaje.jsonb.Json;

/** Processes and threads. */
@Json
public record PidsStats(
        @Json.Property("current,omitempty") long current,
        @Json.Property("limit,omitempty") long limit) {
    /** Every field at its zero value. */
    public static final PidsStats EMPTY = new PidsStats(0, 0);
}
