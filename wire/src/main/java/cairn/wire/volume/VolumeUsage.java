package cairn.wire.volume;

import io.avaje.jsonb.Json;

/** Bytes used and references held; -1 means not counted. */
@Json
public record VolumeUsage(
        @Json.Property("RefCount") long refCount,
        @Json.Property("Size") long size) {}
