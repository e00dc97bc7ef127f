package cairn.wire.volume;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The document {@code cairn/volumes/NAME.json}: what Docker keeps of a volume in a database.
 *
 * @param createdAt RFC 3339 with nanoseconds
 * @param madeFor the container that an anonymous volume goes with; empty for volumes that stay
 * @param lastUsed the end of the last use, RFC 3339; empty before that
 */
@Json
public record StoredVolume(
        @Json.Property("Name") String name,
        @Json.Property("CreatedAt") String createdAt,
        @Json.Property("Labels") @Nullable Map<String, String> labels,
        @Json.Property("Options") @Nullable Map<String, String> options,
        @Json.Property("MadeFor,omitempty") String madeFor,
        @Json.Property("LastUsed,omitempty") String lastUsed) {
    public StoredVolume {
        name = requireNonNullElse(name, "");
        createdAt = requireNonNullElse(createdAt, "");
        madeFor = requireNonNullElse(madeFor, "");
        lastUsed = requireNonNullElse(lastUsed, "");
    }
}
