package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * Directories piled on one another.
 *
 * @param branches absolute; the first is written to and hides those after it
 * @param at absolute; where to see the result
 */
@Json
public record UnionRequest(
        @Json.Property("Branches") List<String> branches,
        @Json.Property("At") String at) {
    public UnionRequest {
        branches = branches == null ? List.of() : List.copyOf(branches);
        at = requireNonNullElse(at, "");
    }
}
