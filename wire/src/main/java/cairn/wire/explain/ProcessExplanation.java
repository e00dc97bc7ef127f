package cairn.wire.explain;

import static java.util.Objects.requireNonNullElse;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * A process seen from the host.
 *
 * @param namespacePids its pids, the host's first, the innermost namespace's last
 * @param state as in ps: R, S, D, T, Z ...
 * @param command its arguments; empty for a zombie
 */
@Json
public record ProcessExplanation(
        @Json.Property("Pid") int pid,
        @Json.Property("ParentPid") int parentPid,
        @Json.Property("NamespacePids") List<Integer> namespacePids,
        @Json.Property("Uid") int uid,
        @Json.Property("State") String state,
        @Json.Property("Name") String name,
        @Json.Property("Command") List<String> command) {
    public ProcessExplanation {
        namespacePids = namespacePids == null ? List.of() : List.copyOf(namespacePids);
        state = requireNonNullElse(state, "");
        name = requireNonNullElse(name, "");
        command = command == null ? List.of() : List.copyOf(command);
    }
}
