package cairn.engine.network;

import cairn.linux.MacAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A container that is to be brought onto a network.
 *
 * @param names by which others on the network may ask for it
 * @param links names of its own for other containers: alias, and what it stands for
 * @param ipv4 and @param ipv6 addresses that it must get; null for any
 * @param mac null for any
 * @param options for its interface
 */
public record EndpointRequest(
        String endpointId,
        String containerId,
        String containerName,
        List<String> names,
        Map<String, String> links,
        @Nullable InetAddress ipv4,
        @Nullable InetAddress ipv6,
        @Nullable MacAddress mac,
        InterfaceOptions options) {
    public EndpointRequest {
        names = List.copyOf(names);
        links = Map.copyOf(links);
    }
}
