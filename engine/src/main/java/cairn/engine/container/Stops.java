package cairn.engine.container;

import cairn.engine.error.Problem;
import cairn.engine.launch.ShimConnection;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Signals to a running container, and the wait for its end. All methods want the container's lock held. */
final class Stops {
    static final int DEFAULT_SECONDS = 10;

    private final Pauses pauses;
    private final ContainerEvents events;

    Stops(Pauses pauses, ContainerEvents events) {
        this.pauses = pauses;
        this.events = events;
    }

    /** Returns when the container has ended and its teardown is over. @param seconds and @param signal as for {@link Lifecycle#stop} */
    void stopLocked(Live live, @Nullable Integer seconds, @Nullable String signal) {
        Container container = live.container;
        String wanted = signal != null && !signal.isEmpty()
                ? signal
                : container.config().stopSignal();
        Integer configured = seconds != null ? seconds : container.config().stopTimeout();
        int timeout = configured == null ? DEFAULT_SECONDS : configured;
        long exits = live.exits;
        try {
            signalLocked(live, wanted.isEmpty() ? Signals.TERM : Signals.parse(wanted));
            if (!awaitExit(live, exits, timeout < 0 ? Long.MAX_VALUE : TimeUnit.SECONDS.toNanos(timeout))) {
                signalLocked(live, Signals.KILL);
                awaitExit(live, exits, Long.MAX_VALUE);
            }
            while (live.tearingDown) {
                live.changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem.Internal("interrupted while container " + container.id() + " was stopped").exception(e);
        }
    }

    /** Whether it has ended in time. @param exits how often it had before */
    static boolean awaitExit(Live live, long exits, long nanos) throws InterruptedException {
        long left = nanos;
        while (live.exits == exits && left > 0) {
            left = live.changed.awaitNanos(left);
        }
        return live.exits != exits;
    }

    /** Tells the shim, which has not reaped the process yet, so that nobody else can be hit. */
    void signalLocked(Live live, int signal) {
        ShimConnection shim = live.shim;
        if (shim == null) {
            return;
        }
        try {
            shim.signal(signal);
        } catch (IOException e) {
            return; // It has just ended; the watcher reports it.
        }
        events.tell(live, "kill", Map.of("signal", Integer.toString(signal)));
        pauses.signalledLocked(live, signal);
    }
}
