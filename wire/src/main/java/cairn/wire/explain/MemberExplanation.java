package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container on a network.
 *
 * @param names by which others on the network may ask for it
 * @param hostInterface its end of the veth pair on the host; empty without one
 * @param plugged whether that is there, and a port of the network's bridge
 */
@Json
public record MemberExplanation(
        @Json.Property("Container") String container,
        @Json.Property("Names") @Nullable List<String> names,
        @Json.Property("Addresses") @Nullable List<String> addresses,
        @Json.Property("MacAddress") String macAddress,
        @Json.Property("HostInterface") String hostInterface,
        @Json.Property("Plugged") boolean plugged) {
    public MemberExplanation {
        container = requireNonNullElse(container, "");
        names = requireNonNullElse(names, List.of());
        addresses = requireNonNullElse(addresses, List.of());
        macAddress = requireNonNullElse(macAddress, "");
        hostInterface = requireNonNullElse(hostInterface, "");
    }
}
