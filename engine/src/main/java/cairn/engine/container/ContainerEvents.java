package cairn.engine.container;

import cairn.engine.event.Events;
import java.util.Map;

/** What happens to containers, told with the attributes that all their events have. */
record ContainerEvents(Events events) {
    void tell(Live live, String action) {
        tell(live, action, Map.of());
    }

    void tell(Live live, String action, Map<String, String> more) {
        Map<String, String> attributes = ContainerViews.attributes(live.container);
        attributes.putAll(more);
        events.publish("container", action, live.container.id(), attributes);
    }
}
