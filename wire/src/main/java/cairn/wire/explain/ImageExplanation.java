package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How an image is put together.
 *
 * @param layers topmost first
 * @param history oldest first
 */
@Json
public record ImageExplanation(
        @Json.Property("Id") String id,
        @Json.Property("Names") List<String> names,
        @Json.Property("Created") String created,
        @Json.Property("Architecture") String architecture,
        @Json.Property("Size") long size,
        @Json.Property("Layers") List<LayerExplanation> layers,
        @Json.Property("History") List<HistoryStep> history) {
    public ImageExplanation {
        id = requireNonNullElse(id, "");
        names = names == null ? List.of() : List.copyOf(names);
        created = requireNonNullElse(created, "");
        architecture = requireNonNullElse(architecture, "");
        layers = layers == null ? List.of() : List.copyOf(layers);
        history = history == null ? List.of() : List.copyOf(history);
    }
}
