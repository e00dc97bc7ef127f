package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/** Reply of {@code POST /containers/{id}/update}. */
@Json
public record UpdateResponse(@Json.Property("Warnings") List<String> warnings) {
    public UpdateResponse {
        warnings = requireNonNullElse(warnings, List.of());
    }
}
