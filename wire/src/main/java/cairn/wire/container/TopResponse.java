package cairn.wire.container;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/** Reply of {@code GET /containers/{id}/top}: ps columns and rows. */
@Json
public record TopResponse(
        @Json.Property("Processes") List<List<String>> processes,
        @Json.Property("Titles") List<String> titles) {
    public TopResponse {
        processes = requireNonNullElse(processes, List.of());
        titles = requireNonNullElse(titles, List.of());
    }
}
