package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Header of the archive calls. The mode has the bit layout of Go: directory bit 31, symbolic link bit 27, permissions below. */
@Json
public record PathStat(
        @Json.Property("name") String name,
        @Json.Property("size") long size,
        @Json.Property("mode") long mode,
        @Json.Property("mtime") String mtime,
        @Json.Property("linkTarget") String linkTarget) {
    public PathStat {
        name = requireNonNullElse(name, "");
        mtime = requireNonNullElse(mtime, "0001-01-01T00:00:00Z");
        linkTarget = requireNonNullElse(linkTarget, "");
    }
}
