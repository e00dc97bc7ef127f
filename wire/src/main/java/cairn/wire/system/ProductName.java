package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/** The product line that a version belongs to. */
@Json
public record ProductName(@Json.Property("Name") String name) {
    /** Every field at its zero value. */
    public static final ProductName EMPTY = new ProductName("");

    public ProductName {
        name = requireNonNullElse(name, "");
    }
}
