package cairn.engine.network;

import cairn.engine.plan.Step;
import java.util.List;

/**
 * A container's place on a network, from start to stop.
 *
 * @param address as dotted decimal; @param prefix length of the subnet
 * @param hostInterface name of the veth end on the host
 * @param connect host-side steps of a launch, once the child exists
 * @param inside steps in the container's network namespace after that
 */
public record Endpoint(
        String endpointId,
        String networkId,
        String address,
        int prefix,
        String gateway,
        String macAddress,
        String hostInterface,
        List<Step> connect,
        List<Step> inside) {
    public Endpoint {
        connect = List.copyOf(connect);
        inside = List.copyOf(inside);
    }
}
