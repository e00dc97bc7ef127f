package cairn.wire.system;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One registry. */
@Json
public record RegistryIndex(
        @Json.Property("Name") String name,
        @Json.Property("Mirrors") @Nullable List<String> mirrors,
        @Json.Property("Secure") boolean secure,
        @Json.Property("Official") boolean official) {
    public RegistryIndex {
        name = requireNonNullElse(name, "");
    }
}
