package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** How far one progress line has come, in bytes unless {@code units} says otherwise. */
@Json
public record ProgressDetail(
        @Json.Property("current,omitempty") long current,
        @Json.Property("total,omitempty") long total,
        @Json.Property("start,omitempty") long start,
        @Json.Property("hidecounts,omitempty") boolean hidecounts,
        @Json.Property("units,omitempty") String units) {
    public ProgressDetail {
        units = requireNonNullElse(units, "");
    }
}
