package cairn.engine.network;

import java.util.List;
import java.util.Map;

/**
 * A container that is on a network at this moment.
 *
 * @param names by which others on the network may ask for it: the container's name first, then aliases, short id and host name, each once
 * @param links names that it alone has for others: alias, and the name or id that it stands for
 */
public record Member(
        String containerId,
        String containerName,
        List<String> names,
        Map<String, String> links,
        EndpointRecord endpoint) {
    public Member {
        names = List.copyOf(names);
        links = Map.copyOf(links);
    }
}
