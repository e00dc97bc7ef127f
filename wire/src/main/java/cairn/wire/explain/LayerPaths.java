package cairn.wire.explain;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * Paths of one sort in a layer.
 *
 * @param bytes of the files among them
 * @param samples the largest, largest first; of what a layer hides the first by name
 */
@Json
public record LayerPaths(
        @Json.Property("Count") long count,
        @Json.Property("Bytes") long bytes,
        @Json.Property("Samples") List<LayerPath> samples) {
    public static final LayerPaths EMPTY = new LayerPaths(0, 0, List.of());

    public LayerPaths {
        samples = samples == null ? List.of() : List.copyOf(samples);
    }
}
