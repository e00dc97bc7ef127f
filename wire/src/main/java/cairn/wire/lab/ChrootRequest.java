package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A program with another root directory and nothing else.
 *
 * @param directory absolute
 * @param command none means a shell
 * @param environment {@code NAME=value}
 */
@Json
public record ChrootRequest(
        @Json.Property("Directory") String directory,
        @Json.Property("Command") List<String> command,
        @Json.Property("Environment") List<String> environment) {
    public ChrootRequest {
        directory = requireNonNullElse(directory, "");
        command = command == null ? List.of() : List.copyOf(command);
        environment = environment == null ? List.of() : List.copyOf(environment);
    }
}
