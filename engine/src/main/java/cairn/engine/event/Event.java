package cairn.engine.event;

import java.time.Instant;
import java.util.Map;

/**
 * @param type container, image, network, volume or daemon
 * @param action Docker's word; exec actions carry their command after a colon ({@code exec_create: sh -c x})
 * @param actor id of what it happened to (for an image its id or reference)
 */
public record Event(String type, String action, String actor, Map<String, String> attributes, Instant at) {
    public Event {
        attributes = Map.copyOf(attributes);
    }
}
