package cairn.wire.volume;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reply of {@code GET /volumes}. */
@Json
public record VolumeList(
        @Json.Property("Volumes") List<VolumeSummary> volumes,
        @Json.Property("Warnings") @Nullable List<String> warnings) {
    public VolumeList {
        volumes = requireNonNullElse(volumes, List.of());
    }
}
