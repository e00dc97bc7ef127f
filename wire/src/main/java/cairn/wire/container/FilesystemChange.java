package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One changed path: kind 0 modified, 1 added, 2 deleted. */
@Json
public record FilesystemChange(
        @Json.Property("Kind") int kind,
        @Json.Property("Path") String path) {
    public FilesystemChange {
        path = requireNonNullElse(path, "");
    }
}
