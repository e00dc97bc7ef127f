package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** One row of {@code GET /images/search}. */
@Json
public record SearchResult(
        @Json.Property("star_count") int starCount,
        @Json.Property("is_official") boolean isOfficial,
        @Json.Property("name") String name,
        @Json.Property("is_automated") boolean isAutomated,
        @Json.Property("description") String description) {
    public SearchResult {
        name = requireNonNullElse(name, "");
        description = requireNonNullElse(description, "");
    }
}
