package cairn.engine.container;

import cairn.engine.network.PublishedPort;
import java.util.List;

/** What of a container's network endpoint is remembered, so that the next daemon knows it too. */
public record EndpointRecord(
        String networkId,
        String endpointId,
        String address,
        int prefix,
        String gateway,
        String macAddress,
        List<PublishedPort> ports) {
    public EndpointRecord {
        ports = List.copyOf(ports);
    }
}
