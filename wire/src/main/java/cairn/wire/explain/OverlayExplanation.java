package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * The mount that makes one tree of a container's layers.
 *
 * @param line of /proc/mounts; empty while nothing is mounted, then the rest tells what will be
 * @param lower topmost first
 * @param upper and {@code work}: absolute
 * @param options all others
 */
@Json
public record OverlayExplanation(
        @Json.Property("Line") String line,
        @Json.Property("MountPoint") String mountPoint,
        @Json.Property("Lower") List<LowerExplanation> lower,
        @Json.Property("Upper") String upper,
        @Json.Property("Work") String work,
        @Json.Property("Options") List<String> options) {
    public static final OverlayExplanation EMPTY = new OverlayExplanation("", "", List.of(), "", "", List.of());

    public OverlayExplanation {
        line = requireNonNullElse(line, "");
        mountPoint = requireNonNullElse(mountPoint, "");
        lower = lower == null ? List.of() : List.copyOf(lower);
        upper = requireNonNullElse(upper, "");
        work = requireNonNullElse(work, "");
        options = options == null ? List.of() : List.copyOf(options);
    }
}
