package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One effect of deleting an image: a name gone or an object gone. */
@Json
public record ImageDeleteItem(
        @Json.Property("Deleted,omitempty") String deleted,
        @Json.Property("Untagged,omitempty") String untagged) {
    public ImageDeleteItem {
        deleted = requireNonNullElse(deleted, "");
        untagged = requireNonNullElse(untagged, "");
    }
}
