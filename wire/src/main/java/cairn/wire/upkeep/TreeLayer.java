package cairn.wire.upkeep;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One layer in its place.
 *
 * @param parent chain ID of the layer below; empty for a lowest one
 */
@Json
public record TreeLayer(
        @Json.Property("ChainId") String chainId,
        @Json.Property("Parent") String parent,
        @Json.Property("DiffId") String diffId,
        @Json.Property("Size") long size) {
    public TreeLayer {
        chainId = requireNonNullElse(chainId, "");
        parent = requireNonNullElse(parent, "");
        diffId = requireNonNullElse(diffId, "");
    }
}
