package cairn.wire.lab;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A union that is mounted.
 *
 * @param line of /proc/mounts
 * @param upper the branch that is written to
 * @param lower the others, topmost first
 * @param work where overlayfs prepares changes, beside the first branch
 */
@Json
public record UnionMount(
        @Json.Property("Line") String line,
        @Json.Property("At") String at,
        @Json.Property("Upper") String upper,
        @Json.Property("Lower") List<String> lower,
        @Json.Property("Work") String work) {
    public UnionMount {
        line = requireNonNullElse(line, "");
        at = requireNonNullElse(at, "");
        upper = requireNonNullElse(upper, "");
        lower = lower == null ? List.of() : List.copyOf(lower);
        work = requireNonNullElse(work, "");
    }
}
