package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How a container is on one network.
 *
 * @param network its name
 * @param name of the interface in the container; empty where the container does not show it
 * @param addresses with the lengths of their prefixes
 * @param gateways one for each family that has one
 * @param wayOut whether what leaves the container for the world goes this way
 * @param hostInterface the other end of its veth pair; empty where it has none
 * @param bridge what that is plugged into
 */
@Json
public record InterfaceExplanation(
        @Json.Property("Network") String network,
        @Json.Property("Name") String name,
        @Json.Property("Addresses") List<String> addresses,
        @Json.Property("Gateways") List<String> gateways,
        @Json.Property("WayOut") boolean wayOut,
        @Json.Property("MacAddress") String macAddress,
        @Json.Property("HostInterface") String hostInterface,
        @Json.Property("Bridge") String bridge) {
    public InterfaceExplanation {
        network = requireNonNullElse(network, "");
        name = requireNonNullElse(name, "");
        addresses = List.copyOf(requireNonNullElse(addresses, List.of()));
        gateways = List.copyOf(requireNonNullElse(gateways, List.of()));
        macAddress = requireNonNullElse(macAddress, "");
        hostInterface = requireNonNullElse(hostInterface, "");
        bridge = requireNonNullElse(bridge, "");
    }
}
