package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A path that two images have differently.
 *
 * @param kind {@code added}, {@code removed} or {@code changed}
 * @param type as in {@link LayerPath}; of the newer one where both have it
 * @param what of it has changed, such as {@code content} or {@code mode 644 to 755}; empty for what was added or removed
 * @param sizeBefore and {@code size}: bytes of content, zero where there is none
 * @param layer number of the layer that supplies it, the topmost being 0; in the older image for what was removed
 * @param instruction that made that layer; empty where the config does not say
 */
@Json
public record DifferentPath(
        @Json.Property("Kind") String kind,
        @Json.Property("Path") String path,
        @Json.Property("Type") String type,
        @Json.Property("What") String what,
        @Json.Property("SizeBefore") long sizeBefore,
        @Json.Property("Size") long size,
        @Json.Property("Layer") int layer,
        @Json.Property("Instruction") String instruction) {
    public DifferentPath {
        kind = requireNonNullElse(kind, "");
        path = requireNonNullElse(path, "");
        type = requireNonNullElse(type, "");
        what = requireNonNullElse(what, "");
        instruction = requireNonNullElse(instruction, "");
    }
}
