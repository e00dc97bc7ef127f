package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What tells two images apart.
 *
 * @param addedBytes of files; {@code removedBytes} alike; {@code changedBytes} is how much larger the changed ones have become
 * @param paths sorted
 * @param incomplete why not all paths are listed; empty if they are. The counts are complete in any case
 */
@Json
public record ImageDifference(
        @Json.Property("From") String from,
        @Json.Property("To") String to,
        @Json.Property("Added") long added,
        @Json.Property("Removed") long removed,
        @Json.Property("Changed") long changed,
        @Json.Property("AddedBytes") long addedBytes,
        @Json.Property("RemovedBytes") long removedBytes,
        @Json.Property("ChangedBytes") long changedBytes,
        @Json.Property("Paths") List<DifferentPath> paths,
        @Json.Property("Incomplete") String incomplete) {
    public ImageDifference {
        from = requireNonNullElse(from, "");
        to = requireNonNullElse(to, "");
        paths = paths == null ? List.of() : List.copyOf(paths);
        incomplete = requireNonNullElse(incomplete, "");
    }
}
