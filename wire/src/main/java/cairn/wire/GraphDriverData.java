package cairn.wire;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a layer chain lies on disk: LowerDir, UpperDir, MergedDir, WorkDir. */
@Json
public record GraphDriverData(
        @Json.Property("Data") @Nullable Map<String, String> data,
        @Json.Property("Name") String name) {
    /** Every field at its zero value. */
    public static final GraphDriverData EMPTY = new GraphDriverData(null, "");

    public GraphDriverData {
        name = requireNonNullElse(name, "");
    }
}
