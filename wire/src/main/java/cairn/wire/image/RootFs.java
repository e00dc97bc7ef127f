package cairn.wire.image;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The diff IDs of the layers, bottom first. */
@Json
public record RootFs(
        @Json.Property("Type,omitempty") String type,
        @Json.Property("Layers,omitempty") @Nullable List<String> layers) {
    /** Every field at its zero value. */
    public static final RootFs EMPTY = new RootFs("", null);

    public RootFs {
        type = requireNonNullElse(type, "");
    }
}
