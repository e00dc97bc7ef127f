package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/** Reply of {@code POST /containers/create}. */
@Json
public record CreateContainerResponse(
        @Json.Property("Id") String id,
        @Json.Property("Warnings") List<String> warnings) {
    public CreateContainerResponse {
        id = requireNonNullElse(id, "");
        warnings = requireNonNullElse(warnings, List.of());
    }
}
