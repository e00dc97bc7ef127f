package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One run of the health check. */
@Json
public record HealthcheckResult(
        @Json.Property("Start") String start,
        @Json.Property("End") String end,
        @Json.Property("ExitCode") int exitCode,
        @Json.Property("Output") String output) {
    public HealthcheckResult {
        start = requireNonNullElse(start, "0001-01-01T00:00:00Z");
        end = requireNonNullElse(end, "0001-01-01T00:00:00Z");
        output = requireNonNullElse(output, "");
    }
}
