package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;

/** What an event is about. */
@Json
public record EventActor(
        @Json.Property("ID") String id,
        @Json.Property("Attributes") Map<String, String> attributes) {
    /** Every field at its zero value. */
    public static final EventActor EMPTY = new EventActor("", Map.of());

    public EventActor {
        id = requireNonNullElse(id, "");
        attributes = requireNonNullElse(attributes, Map.of());
    }
}
