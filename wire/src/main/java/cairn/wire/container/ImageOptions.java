package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Options of an image mount. */
@Json
public record ImageOptions(
        @Json.Property("Subpath,omitempty") String subpath) {
    public ImageOptions {
        subpath = requireNonNullElse(subpath, "");
    }
}
