package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A program in new namespaces.
 *
 * @param namespaces of {@code mount}, {@code pid}, {@code net}, {@code uts}, {@code ipc}, {@code cgroup}; none means {@code mount}
 * @param makePrivate whether mounts in there stay in there also where the host's are shared
 * @param tmpfs absolute paths to mount an empty tmpfs on
 * @param command none means a shell
 * @param environment {@code NAME=value}
 * @param workingDirectory the caller's
 * @param hostname of a new uts namespace; empty keeps the host's
 */
@Json
public record NamespacesRequest(
        @Json.Property("Namespaces") List<String> namespaces,
        @Json.Property("Private") boolean makePrivate,
        @Json.Property("Tmpfs") List<String> tmpfs,
        @Json.Property("Command") List<String> command,
        @Json.Property("Environment") List<String> environment,
        @Json.Property("WorkingDirectory") String workingDirectory,
        @Json.Property("Hostname") String hostname) {
    public NamespacesRequest {
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        tmpfs = tmpfs == null ? List.of() : List.copyOf(tmpfs);
        command = command == null ? List.of() : List.copyOf(command);
        environment = environment == null ? List.of() : List.copyOf(environment);
        workingDirectory = requireNonNullElse(workingDirectory, "");
        hostname = requireNonNullElse(hostname, "");
    }
}
