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

    /** @param action connect or disconnect, of the default bridge */
    void network(Live live, String action, String networkId) {
        events.publish(
                "network",
                action,
                networkId,
                Map.of("container", live.container.id(), "name", "bridge", "type", "bridge"));
    }
}
