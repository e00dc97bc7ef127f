package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The reply of calls that only name what they made: exec create, commit. */
@Json
public record IdResponse(@Json.Property("Id") String id) {
    public IdResponse {
        id = requireNonNullElse(id, "");
    }
}
