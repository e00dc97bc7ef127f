package cairn.wire.stats;

import io.avaje.jsonb.Json;

/** Windows only; always empty here. */
@Json
public record StorageStats(
        @Json.Property("read_count_normalized,omitempty") long readCountNormalized,
        @Json.Property("read_size_bytes,omitempty") long readSizeBytes,
        @Json.Property("write_count_normalized,omitempty") long writeCountNormalized,
        @Json.Property("write_size_bytes,omitempty") long writeSizeBytes) {
    /** Every field at its zero value. */
    public static final StorageStats EMPTY = new StorageStats(0, 0, 0, 0);
}
