package cairn.wire.store;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** What one kind of owner has under the data root. */
@Json
public record StoreShare(
        @Json.Property("Owner") String owner,
        @Json.Property("Files") long files,
        @Json.Property("Bytes") long bytes) {
    public StoreShare {
        owner = requireNonNullElse(owner, "");
    }
}
