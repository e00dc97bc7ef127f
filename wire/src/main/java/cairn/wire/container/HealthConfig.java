package cairn.wire.container;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A health check. Times are in nanoseconds; zero means the default. */
@Json
@RecordBuilder
public record HealthConfig(
        @Json.Property("Test,omitempty") @DefaultValue("null") @Nullable
        List<String> test,

        @Json.Property("Interval,omitempty") long interval,
        @Json.Property("Timeout,omitempty") long timeout,
        @Json.Property("StartPeriod,omitempty") long startPeriod,
        @Json.Property("StartInterval,omitempty") long startInterval,
        @Json.Property("Retries,omitempty") int retries) {}
