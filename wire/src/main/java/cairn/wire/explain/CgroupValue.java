package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One file of a cgroup.
 *
 * @param value as the kernel writes it
 * @param meaning in words, with the value made readable
 */
@Json
public record CgroupValue(
        @Json.Property("File") String file,
        @Json.Property("Value") String value,
        @Json.Property("Meaning") String meaning) {
    public CgroupValue {
        file = requireNonNullElse(file, "");
        value = requireNonNullElse(value, "");
        meaning = requireNonNullElse(meaning, "");
    }
}
