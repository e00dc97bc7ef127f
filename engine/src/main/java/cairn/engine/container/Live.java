package cairn.engine.container;

import cairn.engine.launch.ShimConnection;
import cairn.wire.container.StopRequest;
import java.time.Duration;
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

    /** What the last list showed of it. */
    volatile Listing.@Nullable Row row;

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
    /** Whether its policy has nothing to say any more about the end of this run. */
    boolean restartCancelled;

    /** Whether SIGKILL is on its way to this run: it must not be made to stand still any more, for then it would not die. */
    boolean killed;

    /** What clients have sent to this run. */
    final List<StopRequest> requests = new ArrayList<>();

    /** Before the last start by its policy; null when there was none. */
    @Nullable
    Duration pause;

    /** Whether its end does not remove it, although it is to be removed at its end: it is being restarted. */
    boolean kept;

    /** After an exit, until mounts, cgroups and addresses are given back. */
    boolean tearingDown;

    /** How many commits want its processes to stand still at this moment, whether it is paused or not. */
    int standstills;

    /** How many are writing to its files while it does not run, which must not start meanwhile. */
    int writers;

    boolean removing;
    boolean removed;

    /** Whether its processes are not to be asked for anything at this moment. */
    boolean standsStill() {
        return standstills > 0 || container.paused();
    }

    Live(Container container, ContainerFiles files) {
        this.container = container;
        this.files = files;
    }
}
