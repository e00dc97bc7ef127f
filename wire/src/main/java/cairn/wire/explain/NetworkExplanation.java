package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A container's places on networks.
 *
 * @param mode a network's name, {@code none}, {@code host} or {@code container:ID}
 * @param interfaces one for each network that it is on while it runs, that of its mode first
 */
@Json
public record NetworkExplanation(
        @Json.Property("Mode") String mode,
        @Json.Property("Interfaces") List<InterfaceExplanation> interfaces) {
    public static final NetworkExplanation EMPTY = new NetworkExplanation("", List.of());

    public NetworkExplanation {
        mode = requireNonNullElse(mode, "");
        interfaces = List.copyOf(requireNonNullElse(interfaces, List.of()));
    }
}
