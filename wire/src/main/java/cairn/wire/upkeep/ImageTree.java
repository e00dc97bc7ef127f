package cairn.wire.upkeep;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * All images and how they share layers.
 *
 * @param total bytes of all layers, each once
 * @param layers each names the one below it; a layer stands before those on top of it
 */
@Json
public record ImageTree(
        @Json.Property("Total") long total,
        @Json.Property("Layers") List<TreeLayer> layers,
        @Json.Property("Images") List<TreeImage> images) {
    public ImageTree {
        layers = layers == null ? List.of() : List.copyOf(layers);
        images = images == null ? List.of() : List.copyOf(images);
    }
}
