package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** Takes a union away; what was written stays in its first branch. */
@Json
public record UnionUndoRequest(@Json.Property("At") String at) {
    public UnionUndoRequest {
        at = requireNonNullElse(at, "");
    }
}
