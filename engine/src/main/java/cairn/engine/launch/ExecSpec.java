package cairn.engine.launch;

import cairn.wire.container.IdRange;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A further process in the namespaces of a running one.
 *
 * @param startTime of {@code pid}, field 22 of its stat: a recycled pid must not be entered
 * @param ids of that process's user namespace; null for the host's
 * @param cgroups directories to join, as in {@link LaunchSpec.Cgroup}
 */
public record ExecSpec(
        Path directory,
        LaunchSpec.Stdio stdio,
        int pid,
        long startTime,
        Set<Namespace> namespaces,
        boolean unified,
        List<Path> cgroups,
        ProcessSpec process,
        @Nullable IdRange ids) {
    public ExecSpec {
        namespaces = Set.copyOf(namespaces);
        cgroups = List.copyOf(cgroups);
    }
}
