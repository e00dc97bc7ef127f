package cairn.engine.network;

import cairn.engine.plan.Step;
import java.util.List;

/**
 * How a container gets onto a network.
 *
 * @param connect host-side steps, once the container's process is there
 * @param inside steps in the container's network namespace after that
 * @param outward4 the same for the route to everywhere else, which one network of a container provides for each family;
 *     @param outward6 that of IPv6
 */
public record Endpoint(
        EndpointRecord endpoint, List<Step> connect, List<Step> inside, List<Step> outward4, List<Step> outward6) {
    public Endpoint {
        connect = List.copyOf(connect);
        inside = List.copyOf(inside);
        outward4 = List.copyOf(outward4);
        outward6 = List.copyOf(outward6);
    }
}
