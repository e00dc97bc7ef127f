package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One namespace of a container's first process.
 *
 * @param kind as below /proc/PID/ns: {@code mnt}, {@code pid}, {@code net} ...
 * @param id inode number of the namespace
 * @param hostId of the daemon's own
 * @param own whether they differ
 */
@Json
public record NamespaceExplanation(
        @Json.Property("Kind") String kind,
        @Json.Property("Id") long id,
        @Json.Property("HostId") long hostId,
        @Json.Property("Own") boolean own) {
    public NamespaceExplanation {
        kind = requireNonNullElse(kind, "");
    }
}
