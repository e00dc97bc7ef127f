package cairn.engine.container;

import cairn.engine.launch.ShimConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A container in memory: its record, replaced under the lock, and what belongs to this run of the daemon. Readers take
 * {@link #container} without the lock.
 */
final class Live {
    final ReentrantLock lock = new ReentrantLock();
    /** Signalled whenever something below has changed. */
    final Condition changed = lock.newCondition();

    final ContainerFiles files;
    volatile Container container;

    /** The control connection while it runs. */
    @Nullable
    ShimConnection shim;

    /** Attachments that wait for the start. */
    final List<Attachment> waiting = new ArrayList<>();

    /** By id. */
    final Map<String, ExecProcess> execs = new LinkedHashMap<>();

    /** How often it has ended. */
    long exits;

    int lastExitCode;
    /** After an exit, until mounts, cgroups and addresses are given back. */
    boolean tearingDown;

    /** How many commits want its processes to stand still at this moment, whether it is paused or not. */
    int standstills;

    boolean removing;
    boolean removed;

    Live(Container container, ContainerFiles files) {
        this.container = container;
        this.files = files;
    }
}
