package cairn.wire.upkeep;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The name or ID that was pinned, or is no longer. */
@Json
public record Pinned(@Json.Property("Name") String name) {
    public Pinned {
        name = requireNonNullElse(name, "");
    }
}
