package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What such an image was made of.
 *
 * @param programs where each was found
 * @param missing of the usual programs, those that this machine does not have
 * @param files number of files
 * @param libraries number of shared libraries among the files
 * @param size bytes of all files
 */
@Json
public record FromHostResponse(
        @Json.Property("Id") String id,
        @Json.Property("Name") String name,
        @Json.Property("Programs") List<String> programs,
        @Json.Property("Missing") List<String> missing,
        @Json.Property("Files") int files,
        @Json.Property("Libraries") int libraries,
        @Json.Property("Size") long size) {
    public FromHostResponse {
        id = requireNonNullElse(id, "");
        name = requireNonNullElse(name, "");
        programs = programs == null ? List.of() : List.copyOf(programs);
        missing = missing == null ? List.of() : List.copyOf(missing);
    }
}
