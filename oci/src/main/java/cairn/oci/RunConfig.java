package cairn.oci;

import io.avaje.recordbuilder.RecordBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a container of an image is run when nobody says otherwise. For lists, sets and maps null and empty differ, as they do in the
 * document: Docker prints {@code null} for the one and {@code []} for the other.
 *
 * @param user {@code ""} is root
 * @param env {@code NAME=value}, in order
 */
@RecordBuilder
public record RunConfig(
        String user,
        @Nullable Set<String> exposedPorts,
        @Nullable List<String> env,
        @Nullable List<String> entrypoint,
        @Nullable List<String> cmd,
        @Nullable Set<String> volumes,
        String workingDir,
        @Nullable Map<String, String> labels,
        @Nullable String stopSignal,
        @Nullable List<String> shell,
        @Nullable Healthcheck healthcheck,
        boolean argsEscaped,
        @Nullable List<String> onBuild) {

    public RunConfig {
        exposedPorts = copy(exposedPorts);
        env = copy(env);
        entrypoint = copy(entrypoint);
        cmd = copy(cmd);
        volumes = copy(volumes);
        labels = labels == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        shell = copy(shell);
        onBuild = copy(onBuild);
    }

    /** A config that says nothing. */
    public static RunConfig empty() {
        return new RunConfig("", null, null, null, null, null, "", null, null, null, null, false, null);
    }

    public RunConfig withCmd(@Nullable List<String> cmd) {
        return RunConfigBuilder.builder(this).cmd(cmd).build();
    }

    public RunConfig withEnv(@Nullable List<String> env) {
        return RunConfigBuilder.builder(this).env(env).build();
    }

    private static @Nullable List<String> copy(@Nullable List<String> list) {
        return list == null ? null : List.copyOf(list);
    }

    private static @Nullable Set<String> copy(@Nullable Set<String> set) {
        if (set == null) {
            return null;
        }
        SequencedSet<String> copy = new LinkedHashSet<>(set);
        return Collections.unmodifiableSequencedSet(copy);
    }
}
