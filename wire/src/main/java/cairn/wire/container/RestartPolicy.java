package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** When a container that ended is started again: no, always, unless-stopped, on-failure. */
@Json
public record RestartPolicy(
        @Json.Property("Name") String name,
        @Json.Property("MaximumRetryCount") int maximumRetryCount) {
    /** Every field at its zero value. */
    public static final RestartPolicy EMPTY = new RestartPolicy("", 0);

    public RestartPolicy {
        name = requireNonNullElse(name, "");
    }
}
