package cairn.engine.distribution;

import cairn.engine.error.Problem;
import java.util.ArrayList;
import java.util.List;

/** Says, from any thread and once for ever, that nobody waits for an operation any more. */
public final class Cancellation {
    private final List<Runnable> actions = new ArrayList<>();
    private boolean cancelled;

    public void cancel() {
        List<Runnable> due;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            due = List.copyOf(actions);
        }
        due.forEach(Runnable::run);
    }

    public synchronized boolean cancelled() {
        return cancelled;
    }

    /** Runs on the canceller's thread; at once when it has been cancelled already. */
    void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                actions.add(action);
                return;
            }
        }
        action.run();
    }

    /** @param what the operation in words, such as {@code pull} */
    void check(String what) {
        if (cancelled()) {
            throw new Problem.Cancelled(what).exception();
        }
    }
}
