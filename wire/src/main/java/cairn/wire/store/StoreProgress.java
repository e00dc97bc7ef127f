package cairn.wire.store;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * How many layers have been compared.
 *
 * @param layer hexadecimal digits of the one that was compared last; empty before the first
 */
@Json
public record StoreProgress(
        @Json.Property("Done") int done,
        @Json.Property("Total") int total,
        @Json.Property("Layer") String layer) {
    public StoreProgress {
        layer = requireNonNullElse(layer, "");
    }
}
