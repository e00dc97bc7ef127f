package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * A symbolic link on the way.
 *
 * @param path of the link
 * @param target as it is written
 * @param link short name of the layer that has it; empty if it is on a mount
 */
@Json
public record LinkHop(
        @Json.Property("Path") String path,
        @Json.Property("Target") String target,
        @Json.Property("Link") String link) {
    public LinkHop {
        path = requireNonNullElse(path, "");
        target = requireNonNullElse(target, "");
        link = requireNonNullElse(link, "");
    }
}
