package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A path in a layer.
 *
 * @param path absolute in the image
 * @param type {@code file}, {@code directory}, {@code link}, {@code character device}, {@code block device}, {@code fifo}, {@code socket},
 *     {@code whiteout} or {@code opaque directory}
 */
@Json
public record LayerPath(
        @Json.Property("Path") String path,
        @Json.Property("Type") String type,
        @Json.Property("Size") long size) {
    public LayerPath {
        path = requireNonNullElse(path, "");
        type = requireNonNullElse(type, "");
    }
}
