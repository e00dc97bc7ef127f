package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/** The state of the health check: starting, healthy, unhealthy. */
@Json
public record Health(
        @Json.Property("Status") String status,
        @Json.Property("FailingStreak") int failingStreak,
        @Json.Property("Log") List<HealthcheckResult> log) {
    public Health {
        status = requireNonNullElse(status, "");
        log = requireNonNullElse(log, List.of());
    }
}
