package cairn.wire.upkeep;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What becomes of one image.
 *
 * @param bytes that its removal frees, or would free if it went now
 * @param lastUsed RFC 3339
 */
@Json
public record GcDecision(
        @Json.Property("Id") String id,
        @Json.Property("Names") List<String> names,
        @Json.Property("Removed") boolean removed,
        @Json.Property("Reason") String reason,
        @Json.Property("Bytes") long bytes,
        @Json.Property("Size") long size,
        @Json.Property("LastUsed") String lastUsed) {
    public GcDecision {
        id = requireNonNullElse(id, "");
        names = names == null ? List.of() : List.copyOf(names);
        reason = requireNonNullElse(reason, "");
        lastUsed = requireNonNullElse(lastUsed, "");
    }
}
