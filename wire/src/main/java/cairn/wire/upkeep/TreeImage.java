package cairn.wire.upkeep;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * One image.
 *
 * @param chainId of its topmost layer; empty for an image without layers
 * @param unique bytes of its layers that no other image has
 * @param lastUsed RFC 3339
 * @param containers names of the containers that were made from it
 * @param pinned why it is kept in any case; empty if it is not pinned
 */
@Json
public record TreeImage(
        @Json.Property("Id") String id,
        @Json.Property("Names") List<String> names,
        @Json.Property("ChainId") String chainId,
        @Json.Property("Size") long size,
        @Json.Property("Unique") long unique,
        @Json.Property("LastUsed") String lastUsed,
        @Json.Property("Containers") List<String> containers,
        @Json.Property("Pinned") String pinned) {
    public TreeImage {
        id = requireNonNullElse(id, "");
        names = names == null ? List.of() : List.copyOf(names);
        chainId = requireNonNullElse(chainId, "");
        lastUsed = requireNonNullElse(lastUsed, "");
        containers = containers == null ? List.of() : List.copyOf(containers);
        pinned = requireNonNullElse(pinned, "");
    }
}
