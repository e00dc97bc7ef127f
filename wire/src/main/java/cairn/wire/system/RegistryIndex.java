package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One registry. */
@Json
public record RegistryIndex(
        @Json.Property("Mirrors") @Nullable List<String> mirrors,
        @Json.Property("Name") String name,
        @Json.Property("Official") boolean official,
        @Json.Property("Secure") boolean secure) {
    public RegistryIndex {
        name = requireNonNullElse(name, "");
    }
}
