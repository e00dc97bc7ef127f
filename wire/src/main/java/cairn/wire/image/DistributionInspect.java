package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import cairn.wire.Descriptor;
import cairn.wire.Platform;
import io.avaje.jsonb.Json;
import java.util.List;

/** Reply of {@code GET /distribution/{name}/json}. */
@Json
public record DistributionInspect(
        @Json.Property("Descriptor") Descriptor descriptor,
        @Json.Property("Platforms") List<Platform> platforms) {
    public DistributionInspect {
        descriptor = requireNonNullElse(descriptor, Descriptor.EMPTY);
        platforms = requireNonNullElse(platforms, List.of());
    }
}
