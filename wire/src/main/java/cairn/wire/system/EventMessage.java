package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import io.avaje.recordbuilder.DefaultValue;
import io.avaje.recordbuilder.RecordBuilder;

/** One event. {@code status}, {@code id} and {@code from} repeat the others for API versions below 1.52. */
@Json
@RecordBuilder
public record EventMessage(
        @Json.Property("status,omitempty") @DefaultValue("\"\"")
        String status,

        @Json.Property("id,omitempty") @DefaultValue("\"\"") String id,

        @Json.Property("from,omitempty") @DefaultValue("\"\"")
        String from,

        @Json.Property("Type") @DefaultValue("\"\"") String type,
        @Json.Property("Action") @DefaultValue("\"\"") String action,

        @Json.Property("Actor") @DefaultValue("EventActor.EMPTY")
        EventActor actor,

        @Json.Property("scope,omitempty") @DefaultValue("\"\"")
        String scope,

        @Json.Property("time,omitempty") long time,
        @Json.Property("timeNano,omitempty") long timeNano) {
    public EventMessage {
        status = requireNonNullElse(status, "");
        id = requireNonNullElse(id, "");
        from = requireNonNullElse(from, "");
        type = requireNonNullElse(type, "");
        action = requireNonNullElse(action, "");
        actor = requireNonNullElse(actor, EventActor.EMPTY);
        scope = requireNonNullElse(scope, "");
    }
}
