package cairn.engine.container;

import cairn.engine.launch.ShimConnection;
import cairn.wire.container.ExecConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One exec instance: its request, and what became of it. Guarded by its container's lock. */
final class ExecProcess {
    final String id;
    final Live owner;
    final ExecConfig config;

    @Nullable
    ShimConnection shim;

    boolean started;
    boolean running;

    @Nullable
    Integer exitCode;

    int pid;

    ExecProcess(String id, Live owner, ExecConfig config) {
        this.id = id;
        this.owner = owner;
        this.config = config;
    }

    /** Never empty. */
    List<String> command() {
        return config.cmd() == null || config.cmd().isEmpty() ? List.of("") : config.cmd();
    }

    /** Whether it has run, or was to, and will not again. */
    boolean over() {
        return started && !running;
    }
}
