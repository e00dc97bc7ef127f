package cairn.engine.container;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Somebody who waits for a container's end. What counts is decided at construction, so that an exit between that and the wait is not missed. */
public final class Waiter {
    /** For what. */
    public enum Condition {
        NOT_RUNNING,
        NEXT_EXIT,
        REMOVED
    }

    private final Live live;
    private final Condition condition;
    private final long exits;
    private final boolean active;

    Waiter(Live live, Condition condition) {
        this.live = live;
        this.condition = condition;
        live.lock.lock();
        try {
            this.exits = live.exits;
            this.active = live.container.active();
        } finally {
            live.lock.unlock();
        }
    }

    /** The exit code, or null when the time is over first. */
    public @Nullable Integer await(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        live.lock.lock();
        try {
            while (!met()) {
                if (left <= 0) {
                    return null;
                }
                left = live.changed.awaitNanos(left);
            }
            return code();
        } finally {
            live.lock.unlock();
        }
    }

    private boolean met() {
        return live.removed
                || switch (condition) {
                    // The end of a run counts, also where the container's policy begins another.
                    case NOT_RUNNING -> !active || !live.container.active() || live.exits > exits;
                    case NEXT_EXIT -> live.exits > exits;
                    case REMOVED -> false;
                };
    }

    private int code() {
        return switch (live.container.state()) {
            case LifeState.Exited exited -> exited.exitCode();
            case LifeState.Created created -> created.exitCode();
            case LifeState.Restarting waiting -> waiting.exitCode();
            case LifeState.Dead ignored -> live.lastExitCode;
            case LifeState.Running ignored -> live.lastExitCode;
        };
    }
}
