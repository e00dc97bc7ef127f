package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What the kernel lets a container's first process do.
 *
 * @param effective and the other sets: names as {@code CAP_CHOWN}, in the kernel's order
 * @param seccomp {@code off}, {@code strict} or {@code filter}
 */
@Json
public record SecurityExplanation(
        @Json.Property("Uid") int uid,
        @Json.Property("Gid") int gid,
        @Json.Property("Groups") List<Integer> groups,
        @Json.Property("Effective") List<String> effective,
        @Json.Property("Permitted") List<String> permitted,
        @Json.Property("Inheritable") List<String> inheritable,
        @Json.Property("Bounding") List<String> bounding,
        @Json.Property("Ambient") List<String> ambient,
        @Json.Property("NoNewPrivileges") boolean noNewPrivileges,
        @Json.Property("Seccomp") String seccomp,
        @Json.Property("SeccompFilters") int seccompFilters) {
    public SecurityExplanation {
        groups = groups == null ? List.of() : List.copyOf(groups);
        effective = effective == null ? List.of() : List.copyOf(effective);
        permitted = permitted == null ? List.of() : List.copyOf(permitted);
        inheritable = inheritable == null ? List.of() : List.copyOf(inheritable);
        bounding = bounding == null ? List.of() : List.copyOf(bounding);
        ambient = ambient == null ? List.of() : List.copyOf(ambient);
        seccomp = requireNonNullElse(seccomp, "");
    }
}
