package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A container's place on the network.
 *
 * @param mode {@code bridge}, {@code none}, {@code host} or {@code container:ID}
 * @param containerInterface empty where it has none of its own
 * @param hostInterface the other end of its veth pair
 * @param bridge what that is plugged into
 */
@Json
public record NetworkExplanation(
        @Json.Property("Mode") String mode,
        @Json.Property("ContainerInterface") String containerInterface,
        @Json.Property("Address") String address,
        @Json.Property("PrefixLength") int prefixLength,
        @Json.Property("Gateway") String gateway,
        @Json.Property("MacAddress") String macAddress,
        @Json.Property("HostInterface") String hostInterface,
        @Json.Property("Bridge") String bridge) {
    public static final NetworkExplanation EMPTY = new NetworkExplanation("", "", "", 0, "", "", "", "");

    public NetworkExplanation {
        mode = requireNonNullElse(mode, "");
        containerInterface = requireNonNullElse(containerInterface, "");
        address = requireNonNullElse(address, "");
        gateway = requireNonNullElse(gateway, "");
        macAddress = requireNonNullElse(macAddress, "");
        hostInterface = requireNonNullElse(hostInterface, "");
        bridge = requireNonNullElse(bridge, "");
    }
}
