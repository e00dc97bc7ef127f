package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * An image of programs of this machine.
 *
 * @param name to put on it; a missing tag means {@code latest}
 * @param programs names or absolute paths; none means a shell and the usual small tools
 */
@Json
public record FromHostRequest(
        @Json.Property("Name") String name,
        @Json.Property("Programs") List<String> programs) {
    public FromHostRequest {
        name = requireNonNullElse(name, "");
        programs = programs == null ? List.of() : List.copyOf(programs);
    }
}
