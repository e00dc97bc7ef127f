package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The source version of a part of the engine. */
@Json
public record Commit(
        @Json.Property("ID") String id,
        @Json.Property("Expected,omitempty") String expected) {
    /** Every field at its zero value. */
    public static final Commit EMPTY = new Commit("", "");

    public Commit {
        id = requireNonNullElse(id, "");
        expected = requireNonNullElse(expected, "");
    }
}
