package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;

/**
 * One thing that an option of a container turns into.
 *
 * @param kind mount, cgroup, device, capability, filter, rlimit, sysctl, namespace, process or record
 * @param where a path, or the name of a capability and so on; may be empty
 * @param what the value that is there, or what happens to it
 */
@Json
public record OptionEffect(
        @Json.Property("Kind") String kind,
        @Json.Property("Where") String where,
        @Json.Property("What") String what) {
    public OptionEffect {
        kind = requireNonNullElse(kind, "");
        where = requireNonNullElse(where, "");
        what = requireNonNullElse(what, "");
    }
}
