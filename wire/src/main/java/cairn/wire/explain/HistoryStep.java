package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One instruction of an image's making.
 *
 * @param emptyLayer whether it only changed the config
 * @param diffId of the layer that it made; empty where there is none, or where config and layers do not tally
 */
@Json
public record HistoryStep(
        @Json.Property("Created") String created,
        @Json.Property("CreatedBy") String createdBy,
        @Json.Property("Comment") String comment,
        @Json.Property("EmptyLayer") boolean emptyLayer,
        @Json.Property("DiffId") String diffId) {
    public HistoryStep {
        created = requireNonNullElse(created, "");
        createdBy = requireNonNullElse(createdBy, "");
        comment = requireNonNullElse(comment, "");
        diffId = requireNonNullElse(diffId, "");
    }
}
