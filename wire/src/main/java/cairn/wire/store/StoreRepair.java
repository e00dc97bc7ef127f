package cairn.wire.store;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One action of a repair.
 *
 * @param fault why it was not done; empty if it was
 */
@Json
public record StoreRepair(
        @Json.Property("Action") String action,
        @Json.Property("Fault") String fault) {
    public StoreRepair {
        action = requireNonNullElse(action, "");
        fault = requireNonNullElse(fault, "");
    }
}
