package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A container's cgroup in one hierarchy.
 *
 * @param hierarchy controllers with commas, {@code name=systemd}, or {@code unified}
 * @param path in the hierarchy
 * @param directory where it is mounted; empty if it is not
 */
@Json
public record CgroupExplanation(
        @Json.Property("Hierarchy") String hierarchy,
        @Json.Property("Path") String path,
        @Json.Property("Directory") String directory,
        @Json.Property("Values") List<CgroupValue> values) {
    public CgroupExplanation {
        hierarchy = requireNonNullElse(hierarchy, "");
        path = requireNonNullElse(path, "");
        directory = requireNonNullElse(directory, "");
        values = values == null ? List.of() : List.copyOf(values);
    }
}
